export { createArgocdApi } from './createArgocdApi';
export type {
  ArgocdApiOptions,
  RunningArgocdApi,
  SeenRequest,
} from './createArgocdApi';
export type { ArgocdAccount } from './Accounts';
