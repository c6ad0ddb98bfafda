export interface Config {
  gitops?: {
    argocd?: {
      instances?: Array<{
        /**
         * Unique among the instances. With a token it stands as the cluster of the applications,
         * so no cluster of the `kubernetes:` section may have the same name.
         */
        name: string;
        /** Public URL of the user interface. */
        url: string;
        /**
         * Name of the cluster, in the `kubernetes:` section, whose applications it shows. Not
         * together with `token`: they would be there twice.
         */
        cluster?: string;
        /**
         * Where the backend reaches the API, with the root path if Argo CD has one. Only with a
         * token. Default: `url`.
         */
        apiUrl?: string;
        /**
         * Token of an account of Argo CD, made with `argocd account generate-token`. With it the
         * applications are watched, and commands carried out, through Argo CD's API, for an
         * installation whose cluster the portal cannot reach. Not together with `cluster`.
         * Default: none, the instance gives links only.
         * @visibility secret
         */
        token?: string;
        /**
         * The projects whose applications are expected, when the account may not see all. Only
         * with a token. Default: all projects.
         */
        projects?: string[];
        /**
         * Do not check the certificate of this instance: whoever stands between can then read
         * the token. Only with a token. Default: false.
         */
        dangerouslySkipTLSVerify?: boolean;
      }>;
    };
  };
}
