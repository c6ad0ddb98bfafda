export interface Config {
  /** Fairway. */
  gitops?: {
    /**
     * Registry, with an optional path, of the images of new services, for example
     * `registry.example.com`. An image is then `<registry>/<organisation>/<service>`.
     * Default: the host of the forge, whose own registry is used.
     */
    imageRegistry?: string;
  };
}
