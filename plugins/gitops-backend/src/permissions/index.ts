export * from './gitopsApplicationResourceRef';
export * from './isEntityOwner';
export * from './registerGitopsPermissions';
