import { Controller } from '../../types';
import { ControllerContext } from '../ControllerContext';
import { findCondition, preciseTimestamp } from '../objects/conditions';
import { numberFrom } from '../objects/digest';
import { keyOf, POD } from '../objects/kinds';

/** What the services of the playground would be asked all day. */
const REQUESTS = [
  'GET /healthz 200 1ms',
  'GET / 200 4ms',
  'GET /api/items?limit=20 200 12ms',
  'POST /api/items 201 23ms',
  'GET /api/items/42 404 3ms',
];

/** Lets every ready pod log a request now and then. */
export function createPodLogController({
  cluster,
  timing,
}: ControllerContext): Controller {
  let timer: NodeJS.Timeout | undefined;
  let round = 0;
  const beat = () => {
    round += 1;
    for (const pod of cluster.list(POD)) {
      if (findCondition(pod.status?.conditions, 'Ready')?.status === 'True') {
        const which = numberFrom(
          `${pod.metadata.uid} ${round}`,
          REQUESTS.length,
        );
        const line = `${preciseTimestamp()} ${REQUESTS[which]}`;
        cluster.appendLog(keyOf(pod), line);
      }
    }
  };
  return {
    name: 'pod-logs',
    start() {
      timer = setInterval(beat, timing.heartbeatMs);
    },
    async stop() {
      clearInterval(timer);
    },
  };
}
