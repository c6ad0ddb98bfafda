import type { Application, ClusterStatus, Fact } from '../model';

/** One reason why an application is not as it should be. @public */
export interface ExplanationFinding {
  /**
   * - `stale`: its cluster cannot be seen, so that all else was true then;
   * - `suspended`: reconciliation is switched off;
   * - `source`: its manifests cannot be had;
   * - `dependency`: it waits for another application;
   * - `operation`: the last sync failed, or one runs;
   * - `object`: an object that it manages is in trouble;
   * - `drift`: objects differ from Git;
   * - `policy`: nobody applies what Git says without being asked;
   * - `sync-window`: the engine would not sync it now, or not by itself;
   * - `condition`: a warning or an error of the engine;
   * - `fact`: a rollout, a policy or a secret of the service is in trouble.
   */
  kind:
    | 'stale'
    | 'suspended'
    | 'source'
    | 'dependency'
    | 'operation'
    | 'object'
    | 'drift'
    | 'policy'
    | 'sync-window'
    | 'condition'
    | 'fact';
  severity: 'error' | 'warning' | 'info';
  /** What is so, in one or two sentences. */
  message: string;
  /** What to do about it, in one or two sentences. */
  advice?: string;
  /** ISO time since when. */
  since?: string;
}

/** Why an application is not synced or not healthy. @public */
export interface ApplicationExplanation {
  /** How it stands, in one sentence. */
  summary: string;
  /** Causes before what follows from them; empty when all is as it should be. */
  findings: ExplanationFinding[];
}

/** What an explanation can draw on beside the application. @public */
export interface ExplanationContext {
  /** Facts of the service; those of other environments are left out. */
  facts: readonly Fact[];
  clusters: readonly ClusterStatus[];
  /** The applications that it depends on, as far as they are known. */
  dependencies?: readonly Application[];
  /** Why its engine would refuse a sync now, in one sentence. */
  syncRefusal?: string;
  /** Why its engine does not sync it by itself now, in one sentence. */
  hold?: string;
}
