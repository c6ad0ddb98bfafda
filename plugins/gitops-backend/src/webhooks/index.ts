export * from './createWebhooks';
