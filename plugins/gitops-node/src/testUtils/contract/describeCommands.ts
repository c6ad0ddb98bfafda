import {
  APPLICATION_COMMANDS,
  type Application,
  type CommandRequest,
} from '@fairway/plugin-gitops-common';
import type {
  CommandContext,
  CommandPatch,
  GitopsObserver,
  KubernetesObject,
} from '../../GitopsObserver';
import { applicationOf, commandContext, CONTEXT } from './contractContext';
import { expectPatch, expectPatches } from './expectWellFormed';

/** Everything that can be asked for with a command, one at a time. */
const REQUESTS: CommandRequest[] = [
  {},
  { revision: 'v1.2.3' },
  { prune: true },
  { dryRun: true },
  { force: true },
  { hard: true },
  { resources: [{ group: 'apps', kind: 'Deployment', name: 'web' }] },
];

/** The part of the contract that is about commands. */
// eslint-disable-next-line jest/no-export -- a part of the suite for other packages
export function describeCommands(
  observer: GitopsObserver,
  objects: readonly KubernetesObject[],
): void {
  // eslint-disable-next-line jest/expect-expect -- each patch is expected to be well formed
  it('carries out the commands that it offers, on objects of that cluster alone', () => {
    for (const application of applicationsOf(observer, objects)) {
      for (const command of application.commands) {
        expectPatches(
          observer.commands!(application, commandContext({ command })),
        );
      }
    }
  });

  it('says why it is held back in words, if it is', () => {
    for (const application of applicationsOf(observer, objects)) {
      const reason = observer.heldBack?.(
        application,
        commandContext({ command: 'sync' }),
      );
      expect(reason ?? 'a reason').toMatch(/\S/);
    }
  });

  it('says why it refuses other commands, and what may be asked for with one', () => {
    for (const application of applicationsOf(observer, objects)) {
      for (const command of APPLICATION_COMMANDS) {
        for (const request of REQUESTS) {
          const context = commandContext({ command, request });
          const { patches, refusal } = attempt(observer, application, context);
          expect(refusal ?? 'InputError: a reason').toMatch(
            /^InputError: .*\S/,
          );
          patches.forEach(patch => expectPatch(patch));
        }
      }
    }
  });
}

function applicationsOf(
  observer: GitopsObserver,
  objects: readonly KubernetesObject[],
): Application[] {
  return observer.commands
    ? objects
        .flatMap(object => observer.observe(object, CONTEXT))
        .flatMap(observation => applicationOf(observation) ?? [])
    : [];
}

function attempt(
  observer: GitopsObserver,
  application: Application,
  context: CommandContext,
): { patches: CommandPatch[]; refusal?: string } {
  try {
    const patches = observer.commands!(application, context);
    return patches.length > 0
      ? { patches }
      : { patches, refusal: 'Neither a patch nor a reason' };
  } catch (error) {
    const { name, message } = error as Error;
    return { patches: [], refusal: `${name}: ${message}` };
  }
}
