import { InputError } from '@backstage/errors';
import type { CommandPatch } from '../index';
import { faulty, good, saying, writing, type Fault } from './faulty';

let calls = 0;

/** Observers that command what nobody asked for, or follow what was never done. */
export const commandFaults: Fault[] = [
  [
    'offers what it cannot do',
    saying(() => ({ commands: ['sync', 'suspend'] })),
    /^carries out the commands that it offers/,
    /threw InputError: Deliveries cannot suspend/,
  ],
  [
    'offers commands and has none',
    faulty({ commands: undefined }),
    /^carries out the commands that it offers/,
    /no member commands/,
  ],
  [
    'writes to another object',
    writing(({ ref }) => ({ ref: { ...ref, name: 'somebody-elses' } })),
    /^carries out the commands that it offers/,
    /not of the application/,
  ],
  [
    'writes to another cluster',
    writing(({ ref }) => ({ ref: { ...ref, cluster: 'production' } })),
    /^carries out the commands that it offers/,
    /another cluster/,
  ],
  [
    'has only a patch that may be left out',
    writing(() => ({ optional: true })),
    /^carries out the commands that it offers/,
    /optional/,
  ],
  [
    'has several patches and does not follow them',
    faulty({
      commands: (application, context) => {
        const patches = good.commands(application, context);
        return [...patches, ...patches];
      },
      progress: undefined,
    }),
    /^carries out the commands that it offers/,
    /2 patches, and no member progress/,
  ],
  [
    'adds an empty note',
    writing(() => ({ note: '' })),
    /^carries out the commands that it offers/,
    /note of a patch is empty/,
  ],
  [
    'refuses with an error of its own',
    faulty({
      commands(application, context) {
        if (context.command === 'terminate') {
          throw new TypeError('no');
        }
        return good.commands(application, context);
      },
    }),
    /^says why it refuses/,
    /but TypeError: no/,
  ],
  [
    'keeps the engine from syncing by itself without a word',
    faulty({
      commands(application, context) {
        if (context.isAutomatic) {
          throw new InputError(' ');
        }
        return good.commands(application, context);
      },
    }),
    /^says why it refuses/,
    /would sync by itself it throws no InputError with a reason/,
  ],
  [
    'refuses without a word',
    faulty({
      commands: (application, context) =>
        context.command === 'sync' ? good.commands(application, context) : [],
    }),
    /^says why it refuses/,
    /neither a patch nor a reason/,
  ],
  [
    'prunes when nobody asked for it',
    writing(() => ({ patch: { operation: { sync: { prune: true } } } })),
    /^neither deletes, prunes nor forces/,
    /with \{\} it writes \.operation\.sync\.prune=true/,
  ],
  [
    'forces when nobody asked for it',
    writing(() => ({
      patch: { metadata: { annotations: { 'delivery/forceAt': 'now' } } },
    })),
    /^neither deletes, prunes nor forces/,
    /forceAt=now/,
  ],
  [
    'forces by an option',
    writing(() => ({ patch: { spec: { options: ['Replace=true'] } } })),
    /^neither deletes, prunes nor forces/,
    /Replace=true/,
  ],
  [
    'deletes a field of what Git wants',
    writing(() => ({ patch: { spec: { branch: null } } })),
    /^neither deletes, prunes nor forces/,
    /\.spec\.branch/,
  ],
  [
    'prunes where forcing was asked for',
    faulty({
      commands: ({ ref }, { request }) => [
        {
          ref,
          plural: 'deliveries',
          type: 'application/merge-patch+json',
          patch: {
            sync: { ...request, ...(request.force && { prune: true }) },
          },
        } as unknown as CommandPatch,
      ],
    }),
    /^neither deletes, prunes nor forces/,
    /with \{"force":true\} it writes \.sync\.prune=true/,
  ],
  [
    'syncs for good where a dry run was asked for',
    faulty({
      commands: (application, context) =>
        good.commands(application, {
          ...context,
          request: context.request.dryRun ? {} : context.request,
        }),
    }),
    /^refuses what it cannot do/,
    /with \{"dryRun":true\} it syncs as if nothing was said/,
  ],
  [
    'changes the application that it commands',
    faulty({
      commands(application, context) {
        application.conditions.length = 0;
        application.images.push('x');
        return good.commands(application, context);
      },
    }),
    /^commands the same with the same words/,
    /writes something else/,
  ],
  [
    'writes another thing each time',
    writing(() => {
      calls += 1;
      return { patch: { metadata: { annotations: { call: `${calls}` } } } };
    }),
    /^commands the same with the same words/,
    /writes something else/,
  ],
  [
    'takes what was asked for as done',
    faulty({ progress: () => ({ state: 'succeeded' }) }),
    /^does not take a command for done/,
    /sync is succeeded as soon as/,
  ],
  [
    'takes what was before the request for its end',
    faulty({
      progress: ({ status }: any) =>
        status?.phase === 'Applied' ? { state: 'succeeded' } : undefined,
    }),
    /^says nothing of a command/,
    /says nothing newer than the request/,
  ],
  [
    'takes an unknown word for success',
    faulty({
      progress(object, run) {
        const told = good.progress(object, run);
        const { phase } = (object as any).status ?? {};
        return told && phase !== 'Failed' && phase !== 'Applying'
          ? {
              ...told,
              state: told.state === 'requested' ? told.state : 'succeeded',
            }
          : told;
      },
    }),
    /^takes no word of the engine/,
    /in no word that is known/,
  ],
  [
    'follows by the clock',
    faulty({
      progress: (_, run) =>
        Date.now() > Date.parse(run.requestedAt)
          ? { state: 'running' }
          : undefined,
    }),
    /^tells the same progress/,
    /must not use the clock/,
  ],
  [
    'follows by how often it was asked',
    faulty({
      progress() {
        calls += 1;
        return { state: 'running', message: `asked ${calls} times` };
      },
    }),
    /^tells the same progress/,
    /the second time/,
  ],
  [
    'changes the command that it follows',
    faulty({
      progress(object, run) {
        run.state = 'running';
        return good.progress(object, run);
      },
    }),
    /^tells the same progress/,
    /read only/,
  ],
  [
    'is in a state that there is not',
    faulty({ progress: () => ({ state: 'lost' as any }) }),
    /^tells the same progress/,
    /the state "lost"/,
  ],
  [
    'ended before it began',
    faulty({
      progress: () => ({
        state: 'failed',
        finishedAt: '2020-01-01T00:00:00.000Z',
      }),
    }),
    /^tells the same progress/,
    /ended before/,
  ],
];
