/**
 * The `details` of a fact whose object is a `ResourceSetInputProvider` of the Flux Operator: of
 * kind `preview` when pull requests are its inputs, else of kind `generator`.
 *
 * @public
 */
export interface InputProviderDetails {
  engine: 'flux';
  /** Where the inputs come from, in the operator's words: `GitHubPullRequest`, `Static`, ... */
  provider: string;
  /** What it reads, without credentials. */
  url?: string;
  /** Labels that a pull request must have. */
  labels?: string[];
  /** Labels with which a pull request is left as it is; `!` in front: without which. */
  skipLabels?: string[];
  /** How many inputs it exports; their values are left out, except for those of pull requests. */
  inputs: number;
  /** The open pull requests that it exports, in its order; the first 100. */
  pullRequests?: PreviewedPullRequest[];
  /** ISO time when a schedule lets it read again. */
  nextRunAt?: string;
}

/** A pull request that a preview is made for. @public */
export interface PreviewedPullRequest {
  /** Number on the forge. */
  id: string;
  title?: string;
  author?: string;
  branch?: string;
  /** Commit at its head. */
  sha?: string;
}
