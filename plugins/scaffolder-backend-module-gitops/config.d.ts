export interface Config {
  /** Fairway. */
  gitops?: {
    /**
     * Registry, with an optional path, of the images of new services, for example
     * `registry.example.com`. An image is then `<registry>/<organisation>/<service>`.
     * Default: the host of the forge, whose own registry is used.
     */
    imageRegistry?: string;

    /**
     * URL of the repository that registrations of services go to, in the form that the
     * scaffolder's actions take: `host?owner=platform&repo=gitops`. Default: none, so that each
     * template must name one.
     */
    platformRepository?: string;

    /** The stages of a service, in the order of promotion, as the GitOps backend has them. */
    environments?: Array<{
      /** Value of the label `fairway.dev/environment`. */
      name: string;
      /**
       * What the environment is for: it decides how a new service is synced there. Default: that
       * of a usual name (dev, development, staging, production, prod).
       */
      tier?: 'development' | 'staging' | 'production' | 'preview';
    }>;
  };
}
