export { createDeploymentController } from './DeploymentController';
export { createIngressController } from './IngressController';
export { createJobController } from './JobController';
export { createPodController } from './PodController';
export { createPodLogController } from './PodLogController';
export { createReplicaSetController } from './ReplicaSetController';
export { createServiceController } from './ServiceController';
