export * from './gitDirectory';
export * from './readGitopsConfig';
export * from './readWatchConfig';
