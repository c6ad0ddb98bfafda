/**
 * The `details` of a fact of kind `project`: an Argo CD AppProject, which says what its
 * applications may use and when they may sync.
 *
 * @remarks
 * Patterns are globs; one that begins with `!` forbids.
 *
 * @public
 */
export interface ProjectDetails {
  engine: 'argocd';
  description?: string;
  /** Where its applications may deploy to. */
  destinations: ProjectDestination[];
  /** Patterns of the repositories that they may use. */
  sourceRepos: string[];
  /** Patterns of namespaces other than Argo CD's own that they may live in. */
  sourceNamespaces: string[];
  /** In the project's order. */
  syncWindows: SyncWindow[];
  /** How many roles it has. */
  roles: number;
  /** Objects in the namespaces of its applications that belong to none are looked for. */
  orphanedResources?: {
    /** True when the applications are warned of them. */
    warn: boolean;
  };
}

/** Where the applications of a project may deploy to; patterns. @public */
export interface ProjectDestination {
  server?: string;
  /** Name of the cluster in Argo CD. */
  name?: string;
  namespace?: string;
}

/** When applications of a project may sync, or must not. @public */
export interface SyncWindow {
  kind: 'allow' | 'deny';
  /** Five fields of cron, in the time zone. */
  schedule: string;
  /** As Go writes it, for example `8h` or `1h30m`. */
  duration: string;
  /** IANA name; UTC when it is absent or unknown. */
  timeZone?: string;
  /** Patterns; an application that one of the three lists names is concerned. */
  applications: string[];
  namespaces: string[];
  clusters: string[];
  /** True: all lists that are given must name the application. */
  andOperator: boolean;
  /** Syncs that somebody asks for are allowed although the window forbids the others. */
  manualSync: boolean;
  /** A sync that began while it was allowed may end. */
  syncOverrun: boolean;
  description?: string;
}
