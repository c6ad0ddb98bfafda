export { createGitopsAnswers } from './createGitopsAnswers';
export type { CreateGitopsAnswersOptions } from './createGitopsAnswers';
export type { Caller, GitopsAnswers } from './GitopsAnswers';
export type { PreparedAnswer } from './PreparedAnswer';
