import type {
  IPodMonitor,
  IServiceMonitor,
} from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { selectorLabels } from '../labels';
import type { ServiceModel } from '../model';
import { metricsPort } from './podTemplate';

/** Where Prometheus reads the metrics: of a service by its Service, of a worker by its pods. */
export function monitor(model: ServiceModel): IServiceMonitor | IPodMonitor {
  const endpoint = {
    port: metricsPort(model) === undefined ? 'http' : 'metrics',
    path: model.monitoring?.path,
    interval: model.monitoring?.interval,
  };
  const selector = { matchLabels: selectorLabels(model) };
  return model.kind === 'web-service'
    ? {
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'ServiceMonitor',
        metadata: { name: model.name },
        spec: { selector, endpoints: [endpoint] },
      }
    : {
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'PodMonitor',
        metadata: { name: model.name },
        spec: { selector, podMetricsEndpoints: [endpoint] },
      };
}
