export { kubernetesModuleReadOnlyProxy as default } from './kubernetesModuleReadOnlyProxy';
