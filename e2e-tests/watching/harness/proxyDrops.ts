export { kubernetesModuleProxyDrops as default } from '@fairway/plugin-gitops-backend';
