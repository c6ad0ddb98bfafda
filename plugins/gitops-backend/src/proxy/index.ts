export { kubernetesModuleProxyDrops } from './kubernetesModuleProxyDrops';
