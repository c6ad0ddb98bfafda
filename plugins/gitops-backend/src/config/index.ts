export * from './readGitopsConfig';
