export * from './gitDirectory';
export * from './readGitopsConfig';
