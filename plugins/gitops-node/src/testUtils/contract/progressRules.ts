import {
  APPLICATION_COMMANDS,
  type CommandRun,
} from '@fairway/plugin-gitops-common';
import type { JsonValue } from '@backstage/types';
import type { GitopsObserver, KubernetesObject } from '../../GitopsObserver';
import { REQUESTS } from './commandRules';
import {
  applicationsOf,
  commandContext,
  commandRun,
  commandsOf,
  deepFreeze,
  progressOf,
} from './contractContext';
import { demand, demandSame } from './demand';
import { demandProgress } from './demandPatches';
import { forEachObject, type ObserverRule } from './ObserverRule';
import { withFieldsReversed } from './spoiledObjects';
import { walk } from './walk';
import { withoutWorld } from './withoutWorld';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;

/** The commands that an engine has to do something for; others are over once they are written. */
const WORKED_ON = ['sync', 'refresh'] as const;
const OVER = ['succeeded', 'failed', 'superseded'];
const STATES: CommandRun['state'][] = [
  'requested',
  'running',
  'succeeded',
  'failed',
  'superseded',
  'lost',
];

/** More moments of one object tell nothing new. */
const MAX_TIMES = 12;
const DAY_MILLIS = 86_400_000;

/** The part of the contract that is about following a command. */
export const progressRules: readonly ObserverRule[] = [
  {
    rule: 'tells the same progress of the same object and command, and changes neither',
    check(contract) {
      const { observer } = contract;
      forEachObject(contract, object => {
        const frozen = deepFreeze(structuredClone(object));
        const reversed = withFieldsReversed(object);
        const contexts = [{}, { beforehand: true }, { before: frozen }];
        for (const context of contexts) {
          const told = runsOf(object).map(run => {
            deepFreeze(run);
            const progress = withoutWorld(() =>
              progressOf(observer, frozen, run, context),
            );
            demandProgress(progress, run);
            return { run, progress };
          });
          for (const { run, progress } of told.reverse()) {
            demandSame(
              [
                progressOf(observer, frozen, run, context),
                progressOf(observer, reversed, run, context),
              ],
              [progress, progress],
              `the progress of ${run.command} is something else the second time`,
            );
          }
        }
      });
    },
  },
  {
    rule: 'says nothing of a command that its object says nothing of',
    check(contract) {
      const { observer } = contract;
      forEachObject(contract, object => {
        // Other objects of a command, its sources, may need no work at all.
        if (applicationsOf(observer, object).length === 0) {
          return;
        }
        const later = laterThan(object);
        for (const command of WORKED_ON) {
          for (const [what, said] of [
            ['has no status', withoutStatus(object)],
            ['says nothing newer than the request', object],
          ] as const) {
            const run = commandRun(command, { requestedAt: later });
            const state = progressOf(observer, said, run)?.state ?? '';
            demand(
              !OVER.includes(state) || (state === 'failed' && isDeleted(said)),
              `${command} is ${state} although the object ${what}`,
            );
          }
        }
      });
    },
  },
  {
    rule: 'does not take a command for done because it was asked for',
    check(contract) {
      const { observer } = contract;
      forEachObject(contract, object => {
        for (const command of WORKED_ON) {
          const requestedAt = laterThan(object);
          const asked = askedFor(observer, object, { command, requestedAt });
          const run = commandRun(command, { requestedAt });
          const state = asked && progressOf(observer, asked, run)?.state;
          demand(
            !OVER.includes(state ?? ''),
            `${command} is ${state} as soon as it was asked for`,
          );
        }
      });
    },
  },
  {
    rule: 'takes no word of the engine that it does not know for a success',
    check(contract) {
      const { observer } = contract;
      forEachObject(contract, object => {
        const isApplication = applicationsOf(observer, object).length > 0;
        const unknown = inUnknownWords(object);
        const fresh = withoutStatus(object);
        for (const run of runsOf(object)) {
          const isDone = (one: KubernetesObject) =>
            progressOf(observer, one, run)?.state === 'succeeded';
          // A source for which there is nothing to do is done without a word.
          const needsNoWord = !isApplication && isDone(fresh);
          if (run.command === 'sync' && isDone(object) && !needsNoWord) {
            demand(
              !isDone(unknown),
              'a sync succeeded although the engine says it in no word that is known',
            );
          }
        }
      });
    },
  },
];

/** Runs of each command, in each state, with each request, asked for at times that the object names. */
function runsOf(object: KubernetesObject): CommandRun[] {
  const runs = [...timesOf(object), laterThan(object)].flatMap(requestedAt =>
    APPLICATION_COMMANDS.flatMap(command => [
      ...STATES.map(state => commandRun(command, { requestedAt, state })),
      ...REQUESTS.map(request => commandRun(command, { requestedAt, request })),
    ]),
  );
  const command = 'of the future' as CommandRun['command'];
  return [...runs, commandRun(command)];
}

/** As it is created, before the engine has looked at it. */
function withoutStatus(object: KubernetesObject): KubernetesObject {
  const { apiVersion, kind, metadata, spec } = structuredClone(object);
  const { name, namespace } = metadata;
  return {
    apiVersion,
    kind,
    metadata: { name, namespace },
    spec,
  } as KubernetesObject;
}

/** For what is being deleted, no command comes to a good end. */
function isDeleted({ metadata }: KubernetesObject): boolean {
  return metadata.deletionTimestamp !== undefined;
}

/** The latest moments that an object names, word for word. */
export function timesOf(object: KubernetesObject): string[] {
  const times = new Set<string>();
  walk(object, ({ holder, key }) => {
    const value = holder[key];
    if (typeof value === 'string' && TIME.test(value)) {
      times.add(value);
    }
  });
  return [...times].sort().slice(-MAX_TIMES);
}

/** A day after all that the object names. */
function laterThan(object: KubernetesObject): string {
  const millis = timesOf(object)
    .map(time => Date.parse(time))
    .filter(time => Number.isFinite(time));
  return new Date(
    Math.max(Date.UTC(2026, 2, 1), ...millis) + DAY_MILLIS,
  ).toISOString();
}

/** The object right after a command was written to it; undefined when the command writes elsewhere. */
function askedFor(
  observer: GitopsObserver,
  object: KubernetesObject,
  {
    command,
    requestedAt,
  }: { command: 'sync' | 'refresh'; requestedAt: string },
): KubernetesObject | undefined {
  const [application] = applicationsOf(observer, object);
  if (!application?.commands.includes(command)) {
    return undefined;
  }
  const context = commandContext({ command, now: new Date(requestedAt) });
  const own = commandsOf(observer)(application, context).filter(
    ({ ref }) => ref.name === application.ref.name && ref.kind === object.kind,
  );
  return own.length > 0
    ? own.reduce(
        (asked, { patch }) => mergePatch(asked, patch) as KubernetesObject,
        structuredClone(object),
      )
    : undefined;
}

/** As an API server applies it (RFC 7386). */
function mergePatch(target: unknown, patch: JsonValue | undefined): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) {
    return patch;
  }
  const merged: Record<string, unknown> =
    typeof target === 'object' && target !== null && !Array.isArray(target)
      ? { ...target }
      : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) {
      delete merged[key];
    } else {
      merged[key] = mergePatch(merged[key], value);
    }
  }
  return merged;
}

/** The object with words in its status that no version of the engine has. */
function inUnknownWords(object: KubernetesObject): KubernetesObject {
  const copy = structuredClone(object);
  walk(copy, ({ holder, key, path }) => {
    const value = holder[key];
    if (
      path.startsWith('status') &&
      typeof value === 'string' &&
      !TIME.test(value) &&
      !/^type$|Type$/.test(String(key))
    ) {
      holder[key] = 'Elsewise';
    }
  });
  return copy;
}
