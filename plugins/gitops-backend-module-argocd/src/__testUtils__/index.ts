export * from './fixtures';
export * from './mergePatch';
