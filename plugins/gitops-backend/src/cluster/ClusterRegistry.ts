import type { Application, ClusterStatus } from '@fairway/plugin-gitops-common';
import type { LeaseStore } from '../store';

/** A cluster or connection, as it is registered. */
export interface RegisteredCluster {
  name: string;
  title: string;
  connection: ClusterStatus['connection'];
}

/** An application of a watch, as far as a connection must know it to say whether it is gone. */
export interface WatchedApplication {
  /** As `objectKey` names it. */
  object: string;
  application: Pick<Application, 'ref' | 'project'>;
}

/** What the watcher reads and writes beside what it observes. */
export interface ClusterRegistry extends LeaseStore {
  /**
   * Registers these. The others are forgotten once nobody has registered or watched them for some
   * minutes: another backend may know them, or a catalog may not be read yet.
   */
  setClusters(clusters: readonly RegisteredCluster[]): Promise<void>;
  /** Registers these beside those that are known. */
  addClusters(clusters: readonly RegisteredCluster[]): Promise<void>;
  /**
   * This backend watches no cluster of the `kubernetes:` section: what is stored of those that no
   * other one watches either is as old as it was last seen.
   */
  failWatches(message: string): Promise<void>;
  /** Seconds that a cluster's clock is ahead; undefined when that is not worth a word. */
  putClockSkew(cluster: string, seconds: number | undefined): Promise<void>;
  /** Keys of the watches of a cluster whose status is stored. */
  listWatches(cluster: string): Promise<string[]>;
  /** Forgets the status of a watch. */
  forgetWatch(watch: { cluster: string; resource: string }): Promise<void>;
  /** What is stored of a watch and not in a list. */
  missingApplications(
    watch: { cluster: string; resource: string },
    listed: ReadonlySet<string>,
  ): Promise<WatchedApplication[]>;
}
