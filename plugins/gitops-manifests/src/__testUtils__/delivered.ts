import { changedTree, type ManifestTree } from '../edit';
import { addProgressiveDelivery } from '../progressive/addProgressiveDelivery';
import { parseProgressiveModel } from '../progressive/ProgressiveModel';

/** How the catalogue is delivered, with something changed. */
export const deliveryModel = (change: object = {}) =>
  parseProgressiveModel({
    name: 'catalogue',
    team: 'shop',
    engine: 'argocd',
    environments: ['staging', 'production'],
    controller: 'argo-rollouts',
    routing: 'none',
    ...change,
  });

/** The tree as it is when it is delivered that way. */
export const delivered = (tree: ManifestTree, change: object = {}) =>
  changedTree(
    tree,
    addProgressiveDelivery(tree, deliveryModel(change)).changes,
  );
