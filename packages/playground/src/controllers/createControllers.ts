import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { Cluster, Controller, Forge } from '../types';
import {
  createApplicationController,
  createApplicationSetController,
  createAppProjectController,
} from './argocd';
import { ControllerContext } from './ControllerContext';
import { EventRecorder } from './EventRecorder';
import { createFlaggerController } from './flagger';
import { ChartReader } from './flux/ChartReader';
import {
  createGitRepositoryController,
  createHelmChartController,
  createHelmReleaseController,
  createInputProviderController,
  createKustomizationController,
  createResourceSetController,
} from './flux';
import {
  createBackupController,
  createClusterSecretStoreController,
  createConstraintController,
  createExternalSecretController,
  createPolicyReportController,
  createSecretStoreController,
} from './guardrails';
import { Renderer } from './rendering';
import {
  createAnalysisRunController,
  createRolloutController,
} from './rollouts';
import { DEFAULT_TIMING, Timing } from './timing';
import {
  createDeploymentController,
  createIngressController,
  createJobController,
  createPodController,
  createPodLogController,
  createReplicaSetController,
  createServiceController,
} from './workloads';

/** Every stand-in. One more is one file and one line here. */
const FACTORIES: Array<(context: ControllerContext) => Controller> = [
  createPodController,
  createPodLogController,
  createReplicaSetController,
  createDeploymentController,
  createJobController,
  createServiceController,
  createIngressController,
  createGitRepositoryController,
  createHelmChartController,
  createKustomizationController,
  createHelmReleaseController,
  createApplicationController,
  createApplicationSetController,
  createInputProviderController,
  createResourceSetController,
  createAppProjectController,
  createRolloutController,
  createAnalysisRunController,
  createFlaggerController,
  createPolicyReportController,
  createConstraintController,
  createSecretStoreController,
  createClusterSecretStoreController,
  createExternalSecretController,
  createBackupController,
];

/**
 * The stand-ins for the controllers of a cluster: workloads, Argo CD, Flux, and what guards
 * services. Each moves
 * its objects through the states that the real one would, faster.
 *
 * They keep nothing that the cluster does not have, except rendered manifests under
 * `<directory>/renders`, which may be deleted at any time. Started again on the same
 * cluster, they go on where they were.
 */
export function createControllers(options: {
  cluster: Cluster;
  forge: Forge;
  /** Where the playground keeps its state. */
  directory: string;
  timing?: Partial<Timing>;
  /** As which account Flux applies what names none; as itself when absent. */
  defaultServiceAccount?: string;
  /** Receives what went wrong inside a controller; standard error when absent. */
  log?: (line: string) => void;
}): Controller[] {
  const { cluster, forge, directory } = options;
  const renders = path.join(directory, 'renders');
  mkdirSync(renders, { recursive: true });
  const context: ControllerContext = {
    cluster,
    forge,
    renderer: new Renderer({ directory: renders }),
    charts: new ChartReader(),
    events: new EventRecorder({ cluster }),
    timing: { ...DEFAULT_TIMING, ...options.timing },
    defaultServiceAccount: options.defaultServiceAccount,
    log: options.log ?? (line => process.stderr.write(`${line}\n`)),
  };
  return FACTORIES.map(create => create(context));
}
