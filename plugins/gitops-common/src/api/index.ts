export * from './types';
export * from './GitopsApi';
export * from './GitopsClient';
