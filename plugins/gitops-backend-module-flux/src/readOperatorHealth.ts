import type {
  FactObservation,
  ObjectFields,
} from '@fairway/plugin-gitops-node';
import { readHealth } from './readHealth';

/** The Flux Operator has no `spec.suspend`: this annotation stops it. */
const RECONCILE = 'fluxcd.controlplane.io/reconcile';

/** Health of an object that the Flux Operator reconciles. */
export function readOperatorHealth(
  fields: ObjectFields,
): Pick<FactObservation, 'health' | 'message'> {
  const annotations = fields.object('metadata').record('annotations');
  if (annotations[RECONCILE]?.toLowerCase() === 'disabled') {
    return {
      health: 'suspended',
      message: `Reconciliation is disabled; take the annotation ${RECONCILE} away in Git to enable it`,
    };
  }
  const { health, healthMessage } = readHealth(fields);
  return { health, message: healthMessage };
}
