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
  /**
   * The account as which Flux applies what names none, in the namespace of the object; its
   * controllers' flag `--default-service-account`. Without it they apply as themselves.
   */
  defaultServiceAccount?: string;
  log: (line: string) => void;
}
