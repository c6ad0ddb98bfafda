import { Cluster, Forge } from '../types';
import { EventRecorder } from './EventRecorder';
import { Renderer } from './rendering';
import { Timing } from './timing';

/** What every stand-in is given. */
export interface ControllerContext {
  cluster: Cluster;
  forge: Forge;
  renderer: Renderer;
  events: EventRecorder;
  timing: Timing;
  log: (line: string) => void;
}
