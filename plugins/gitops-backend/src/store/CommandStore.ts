import type { CommandRun, ObjectRef } from '@fairway/plugin-gitops-common';
import type { CommandPatch } from '@fairway/plugin-gitops-node';

/** An object of a cluster that a command is followed by. */
export interface TargetObject {
  ref: ObjectRef;
  /** Lower-case plural, as in the URL. */
  plural: string;
}

/** The object of the cluster that says how a command goes on, and what comes after it. */
export interface CommandTarget extends TargetObject {
  /** The object of the write before. */
  before?: TargetObject;
  /** What is to be written when it succeeded there, in order. */
  then?: CommandPatch[];
}

/** A command with what is needed to follow it. */
export interface StoredCommandRun {
  run: CommandRun;
  /** Entity ref of the component that the application belonged to. */
  entityRef?: string;
  /** Id of the observer that understands the target. */
  engine: string;
  target: CommandTarget;
  /** ISO time of the last news; of the request, when there was none yet. */
  heardAt: string;
}

/** What is known anew of a command. */
export interface CommandNews
  extends Pick<CommandRun, 'results' | 'omittedResults'> {
  state: CommandRun['state'];
  message: string;
  /** ISO time of the end; must be given with a state that is over. */
  finishedAt?: string;
  /** ISO time of the news. */
  heardAt: string;
  /** It is followed by another object from now on. */
  target?: CommandTarget;
}

/** Commands of a component or of an application. */
export type CommandRunsQuery =
  | { entityRef: string; applicationId?: undefined }
  | { applicationId: string; entityRef?: undefined };

/** Commands that were given. */
export interface CommandStore {
  /**
   * Remembers a command before it is carried out, and forgets those of more than 30 days ago.
   *
   * @returns the command of the same `exclusiveKey` that is not over yet; the new one is not
   * stored then, unless it `supersedes` the other, which is over with that.
   */
  insertCommandRun(
    stored: StoredCommandRun,
    options: { exclusiveKey?: string; supersedes?: boolean },
  ): Promise<StoredCommandRun | undefined>;
  getStoredCommandRun(id: string): Promise<StoredCommandRun | undefined>;
  /**
   * Those that are not over, and the last one of each kind of each application, newest first. A dry
   * run is a kind of its own.
   */
  listCommandRuns(of: CommandRunsQuery): Promise<CommandRun[]>;
  /** All that are not over, oldest first. */
  openCommandRuns(): Promise<StoredCommandRun[]>;
  /**
   * Writes news of a command that is not over.
   *
   * @returns false when it was over already, or the news say less than is known.
   */
  updateCommandRun(id: string, news: CommandNews): Promise<boolean>;
  /** Nothing is new of a command, but its engine works on it at that time (ISO). */
  touchCommandRun(id: string, heardAt: string): Promise<void>;
}
