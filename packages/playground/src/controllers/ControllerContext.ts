import { Cluster, Forge } from '../types';
import { EventRecorder } from './EventRecorder';
import { ChartReader } from './flux/ChartReader';
import { Renderer } from './rendering';
import { Timing } from './timing';

/** What every stand-in is given. */
export interface ControllerContext {
  cluster: Cluster;
  forge: Forge;
  renderer: Renderer;
  charts: ChartReader;
  events: EventRecorder;
  timing: Timing;
  log: (line: string) => void;
}
