export * from './main';
export * from './resetPlayground';
export * from './settings';
export * from './startPlayground';
