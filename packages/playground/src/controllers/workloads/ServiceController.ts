import { Controller } from '../../types';
import { ControllerContext } from '../ControllerContext';
import { numberFrom } from '../objects/digest';
import { keyOf, SERVICE } from '../objects/kinds';
import { writeStatus } from '../objects/writeStatus';
import { Reconciler } from '../Reconciler';

/** Gives services a cluster address, and load balancers an ingress. */
export function createServiceController(
  context: ControllerContext,
): Controller {
  const { cluster } = context;
  return new Reconciler({
    ...context,
    name: 'service-controller',
    kind: SERVICE,
    reconcile: service => {
      const { type, clusterIP } = service.spec ?? {};
      if (!clusterIP && type !== 'ExternalName') {
        const number = numberFrom(service.metadata.uid!, 250 * 250);
        const address = `10.96.${Math.floor(number / 250)}.${
          1 + (number % 250)
        }`;
        cluster.patch(keyOf(service), {
          spec: { clusterIP: address, clusterIPs: [address] },
        });
      }
      const ingress =
        type === 'LoadBalancer' ? [{ ip: '172.18.0.100' }] : undefined;
      writeStatus(cluster, service, { loadBalancer: { ingress } });
      return undefined;
    },
  });
}
