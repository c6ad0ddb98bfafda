import type { HumanDuration } from '@backstage/types';

export interface Config {
  /** Fairway: GitOps deployments and DORA metrics. */
  gitops?: {
    /**
     * The stages of a service, in the order of promotion. An application is in the environment
     * that its label `fairway.dev/environment` names.
     *
     * Default: dev (development), staging (staging), production (production).
     */
    environments?: Array<{
      /**
       * Value of the label: lower-case letters, digits and dashes.
       */
      name: string;
      /**
       * What people read. Default: the name, capitalised.
       */
      title?: string;
      /**
       * What the environment is for. DORA metrics are over those of tier `production`.
       */
      tier: 'development' | 'staging' | 'production' | 'preview';
    }>;

    argocd?: {
      /**
       * Argo CD installations, for links to their user interface; with a token also to be watched
       * through their API, see the module for Argo CD.
       */
      instances?: Array<{
        /** Unique name. */
        name: string;
        /** Public URL of the user interface. */
        url: string;
        /**
         * Name of the cluster, in the `kubernetes:` section, whose applications it shows.
         * Default: every cluster that no other instance names.
         */
        cluster?: string;
        /**
         * With it the module for Argo CD watches the instance through its API, as a cluster of
         * the instance's name. Default: none.
         * @visibility secret
         */
        token?: string;
      }>;
    };

    dora?: {
      /** The year of the table of performance levels. Default: 2023. */
      bands?: 2021 | 2023;
      /**
       * A deployment failed when its application becomes degraded within this time, unless the
       * next deployment comes first. Default: 1 hour.
       */
      failureWindow?: HumanDuration | string;
      backfill?: {
        /**
         * How many days of an application's history are read from Git at first sight; 0 for
         * none. Default: 90.
         */
        days?: number;
      };
    };

    /**
     * Who may send webhooks to `/api/gitops/webhooks/<source>`. They make Fairway look sooner;
     * it works without them. Sources without a secret are refused.
     */
    webhooks?: {
      /** Argo CD's notifications: the header `Authorization: Bearer <secret>`. */
      argocd?: {
        /** At least 16 characters. @visibility secret */
        secret: string;
      };
      /** Flux's notification provider of type `generic-hmac`. */
      flux?: {
        /** At least 16 characters; the `token` of its secret. @visibility secret */
        secret: string;
      };
      /** Push events of GitHub. */
      github?: {
        /** At least 16 characters. @visibility secret */
        secret: string;
      };
      /** Push events of GitLab; its "secret token". */
      gitlab?: {
        /** At least 16 characters. @visibility secret */
        secret: string;
      };
      /** Push events of Gitea and Forgejo. */
      gitea?: {
        /** At least 16 characters. @visibility secret */
        secret: string;
      };
      /** Push events of Bitbucket, Cloud and Data Center. */
      bitbucket?: {
        /** At least 16 characters. @visibility secret */
        secret: string;
      };
      /** "Code pushed" of Azure DevOps; the password of its basic authentication. */
      azure?: {
        /** At least 16 characters. @visibility secret */
        secret: string;
      };
    };

    /**
     * Times of the watches on clusters. The defaults suit clusters of any size; shorter times
     * notice trouble sooner and ask clusters more often.
     */
    watch?: {
      /** How often each cluster is asked whether it answers. Default: 10 seconds. */
      probe?: HumanDuration | string;
      /**
       * Until then it must answer; after two failures it is unreachable. Default: 6 seconds.
       */
      answer?: HumanDuration | string;
      /**
       * A watch in which nothing was heard for so long is replaced. API servers say something
       * each minute. Default: 75 seconds.
       */
      silence?: HumanDuration | string;
      /** A watch is renewed after this time. Default: 4 minutes. */
      renew?: HumanDuration | string;
      /** A kind that is missing or forbidden is looked for again after this time. Default: 30 seconds. */
      lookAgain?: HumanDuration | string;
      /** The longest wait between two attempts at what failed. Default: 30 seconds. */
      retry?: HumanDuration | string;
    };

    /**
     * URL of the repository that registrations of services go to, in the form that the
     * scaffolder's actions take: `host?owner=platform&repo=gitops`.
     */
    platformRepository?: string;
  };
}
