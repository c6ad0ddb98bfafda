import {
  APPLICATION_COMMANDS,
  type Application,
  type CommandRequest,
} from '@fairway/plugin-gitops-common';
import type {
  CommandContext,
  CommandPatch,
  GitopsObserver,
} from '../../GitopsObserver';
import {
  applicationOf,
  applicationsOf,
  commandContext,
  commandsOf,
  CONTEXT,
  deepFreeze,
} from './contractContext';
import { demand, demandSame, show } from './demand';
import { demandPatch, demandPatches, harmOf } from './demandPatches';
import { forEachObject, type ObserverRule } from './ObserverRule';
import { demandOwnPatches } from './robustnessRules';
import { HOSTILE_TEXTS } from './spoiledObjects';
import { withoutWorld } from './withoutWorld';

/** Everything that can be asked for with a command, one at a time, and what nobody should ask. */
export const REQUESTS: readonly CommandRequest[] = [
  {},
  { revision: 'v1.2.3' },
  { prune: true },
  { dryRun: true },
  { force: true },
  { hard: true },
  { resources: [{ group: 'apps', kind: 'Deployment', name: 'web' }] },
  { prune: true, force: true, revision: '1'.repeat(40) },
  ...HOSTILE_TEXTS.slice(0, 3).map(text => ({
    revision: text,
    resources: [{ group: text, kind: text, namespace: text, name: text }],
  })),
];

/** What makes another sync of it: one that ignores it would be another than was asked for. */
const NEVER_IGNORED = ['revision', 'dryRun', 'resources', 'force'] as const;

/** The part of the contract that is about commands. */
export const commandRules: readonly ObserverRule[] = [
  {
    rule: 'carries out the commands that it offers, on objects of that cluster alone',
    check(contract) {
      const { observer } = contract;
      forEachObject(contract, object => {
        const observations = observer.observe(object, CONTEXT);
        for (const application of observations.flatMap(
          one => applicationOf(one) ?? [],
        )) {
          for (const command of application.commands) {
            const patches = commandsOf(observer)(
              application,
              commandContext({ command }),
            );
            demandPatches(patches);
            demandOwnPatches(patches, observations);
            demand(
              patches.length === 1 || observer.progress,
              `to ${command} it has ${patches.length} patches, and no member progress that says when the next one is due`,
            );
          }
        }
      });
    },
  },
  {
    rule: 'says why it refuses other commands, what may be asked for with one, and what keeps the engine from syncing by itself',
    check(contract) {
      forEachAttempt(contract, ({ patches, refusal, context }) => {
        demand(
          refusal === undefined || /^InputError: .*\S/.test(refusal),
          `${whenAsked(
            context,
          )} it throws no InputError with a reason, but ${refusal}`,
        );
        patches.forEach(demandPatch);
      });
    },
  },
  {
    rule: 'commands the same with the same words, and changes no application',
    check(contract) {
      const { observer } = contract;
      forEachAttempt(contract, ({ application, context, patches }) => {
        const again = () =>
          attempt(
            observer,
            deepFreeze(structuredClone(application)),
            deepFreeze(structuredClone(context)),
          );
        demandSame(
          [again().patches, withoutWorld(again).patches],
          [patches, patches],
          `asked to ${context.command} again it writes something else`,
        );
      });
    },
  },
  {
    rule: 'neither deletes, prunes nor forces when nobody asked for it',
    check(contract) {
      forEachAttempt(contract, ({ application, context, patches }) => {
        for (const { patch } of patches) {
          const harm = harmOf(patch, {
            request: context.request,
            options: application.policy.options,
          });
          demand(harm === undefined, `${whenAsked(context)} it writes ${harm}`);
        }
      });
    },
  },
  {
    rule: 'refuses what it cannot do, and does not do something else in its place',
    check(contract) {
      const { observer } = contract;
      forEachAttempt(contract, ({ application, context, patches }) => {
        const { command, request } = context;
        const asked = NEVER_IGNORED.filter(name => request[name]);
        if (command === 'sync' && asked.length > 0 && patches.length > 0) {
          const plain = attempt(observer, application, {
            ...context,
            request: {},
          });
          demand(
            JSON.stringify(plain.patches) !== JSON.stringify(patches),
            `asked to sync with ${show(
              request,
            )} it syncs as if nothing was said; refuse it`,
          );
        }
      });
    },
  },
];

interface Attempt {
  application: Application;
  context: CommandContext;
  patches: CommandPatch[];
  /** Name and message of what was thrown. */
  refusal?: string;
}

/** Each command, with each request, of each application. */
function forEachAttempt(
  contract: Parameters<typeof forEachObject>[0],
  check: (tried: Attempt) => void,
): void {
  const { observer } = contract;
  if (!observer.commands) {
    return;
  }
  forEachObject(contract, object => {
    for (const application of applicationsOf(observer, object)) {
      const contexts = APPLICATION_COMMANDS.flatMap(command =>
        REQUESTS.map(request => commandContext({ command, request })),
      );
      for (const context of [
        ...contexts,
        commandContext({ command: 'sync', isAutomatic: true }),
      ]) {
        check(attempt(observer, application, context));
      }
    }
  });
}

function whenAsked({ command, request, isAutomatic }: CommandContext): string {
  return isAutomatic
    ? `asked whether the engine would ${command} by itself`
    : `asked to ${command} with ${show(request)}`;
}

function attempt(
  observer: GitopsObserver,
  application: Application,
  context: CommandContext,
): Attempt {
  try {
    const patches = commandsOf(observer)(application, context);
    return patches.length > 0
      ? { application, context, patches }
      : {
          application,
          context,
          patches,
          refusal: 'neither a patch nor a reason',
        };
  } catch (error) {
    const { name, message } = error as Error;
    return {
      application,
      context,
      patches: [],
      refusal: `${name}: ${message}`,
    };
  }
}
