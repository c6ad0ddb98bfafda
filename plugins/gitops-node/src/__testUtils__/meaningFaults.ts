import { InputError } from '@backstage/errors';
import type { Observation } from '../index';
import { faulty, good, saying, type Fault } from './faulty';

let calls = 0;
let last = '';

/** Observers that are no functions, or that understand their objects wrongly. */
export const meaningFaults: Fault[] = [
  [
    'changes the object',
    faulty({
      observe(object, context) {
        object.metadata.labels ??= {};
        return good.observe(object, context);
      },
    }),
    /^changes nothing/,
    /it changes the object|not extensible/,
  ],
  [
    'sorts a list of the object in place',
    saying((_, { status }) => {
      status?.history?.sort();
      return {};
    }),
    /^changes nothing/,
    /read only/,
  ],
  [
    'reads the clock',
    saying(() => ({ revision: `at ${Date.now()}` })),
    /^changes nothing/,
    /must not use the clock/,
  ],
  [
    'reads the clock without asking for the time',
    saying(() => ({ revision: `at ${new Date().getFullYear()}` })),
    /^changes nothing/,
    /must not use the clock/,
  ],
  [
    'draws lots',
    saying(() => ({ revision: `${Math.random()}` })),
    /^changes nothing/,
    /random numbers/,
  ],
  [
    'asks somebody',
    saying(() => {
      fetch('http://127.0.0.1:1').catch(() => {});
      return {};
    }),
    /^changes nothing/,
    /the network/,
  ],
  [
    'counts its calls',
    saying(() => {
      calls += 1;
      return { revision: `call ${calls}` };
    }),
    /^says the same of the same object/,
    /something else the second time: "call/,
  ],
  [
    'remembers objects that came before',
    saying(({ ref }) => {
      const before = last;
      last = ref.name;
      return { suspended: before === 'search' };
    }),
    /^says the same of the same object/,
    /at \.0\.suspended/,
  ],
  [
    'tells fields in the order in which they come',
    saying((_, object) => ({ revision: Object.keys(object.spec ?? {})[0] })),
    /^says the same of the same object/,
    /in another order/,
  ],
  [
    'keys deployments by the time at which it sees them',
    faulty({
      observe: (object, context) =>
        good.observe(object, context).map(
          said =>
            ({
              ...said,
              deployments: (said as any).deployments.map((one: any) => ({
                ...one,
                key: `${one.key}/${context.now.toISOString()}`,
              })),
            } as any),
        ),
    }),
    /^gives deployments the same keys/,
    /deployments otherwise/,
  ],
  [
    'says what JSON cannot say',
    saying(() => ({ annotations: { since: new Date(0) as any } })),
    /only what is well formed$/,
    /no JSON at \.0\.annotations\.since/,
  ],
  [
    'has a time of its own for since when something is wrong',
    faulty({
      observe: (object, context) =>
        good.observe(object, context).map(({ ref }) => ({
          ...{ type: 'fact' as const, kind: 'backup' as const, ref },
          ...{ title: 'Backup', health: 'degraded' as const, details: {} },
          ...{ labels: {}, healthSince: '2026-03-01 12:00' },
        })),
    }),
    /only what is well formed$/,
    /healthSince of a fact is "2026-03-01 12:00"/,
  ],
  [
    'leaves holes in a list',
    saying(() => ({ sources: [undefined as any] })),
    /^says what stays the same when it is stored/,
    /null in place of undefined/,
  ],
  [
    'throws without a status',
    saying((_, object) => ({ revision: object.status.revision })),
    /^takes objects without a status/,
    /Delivery fresh|Delivery orders: .*threw TypeError/,
  ],
  [
    'is healthy without a status',
    saying((said, { status }) => (status ? said : { health: 'healthy' })),
    /^takes objects without a status/,
    /without a status it is healthy/,
  ],
  [
    'throws for a field of another type',
    saying((_, { status }) => ({
      healthMessage: status?.message?.trim(),
    })),
    /^takes objects with a field of the wrong type/,
    /threw TypeError.*status\.message/,
  ],
  [
    'passes a field of another type on',
    saying((_, { status }) => ({ revision: status?.revision })),
    /^takes objects with a field of the wrong type/,
    /revision is no text/,
  ],
  [
    'drops objects with fields that it does not know',
    faulty({
      observe: (object, context) =>
        'fromTheFuture' in ((object.spec ?? {}) as object)
          ? []
          : good.observe(object, context),
    }),
    /^takes objects with fields of the future/,
    /says something else/,
  ],
  [
    'throws for fields that it does not know',
    faulty({
      observe(object, context) {
        const [unknown] = Object.keys(object.spec ?? {}).filter(key =>
          key.startsWith('fromThe'),
        );
        if (unknown) {
          throw new InputError(`Unknown field ${unknown}`);
        }
        return good.observe(object, context);
      },
    }),
    /^takes objects with fields of the future/,
    /threw InputError: Unknown field/,
  ],
  [
    'takes the same kind of any group',
    faulty({
      observe: (object, context) =>
        object.kind === 'Delivery'
          ? good
              .observe(
                { ...object, apiVersion: 'delivery.example.com/v1' },
                context,
              )
              .map(said => {
                const ref = { ...said.ref, apiVersion: object.apiVersion };
                return { ...said, ref } as Observation;
              })
          : [],
    }),
    /^means nothing by objects of another group/,
    /other\.example\.com\/v1 Delivery/,
  ],
  [
    'tells any object, with what is in it',
    faulty({
      observe: (object, context) =>
        object.kind === 'Secret'
          ? [{ type: 'source', ready: true, ref: {} as any, ...object } as any]
          : good.observe(object, context),
    }),
    /^means nothing by objects of another group/,
    /v1 Secret/,
  ],
  [
    'does not want its own objects',
    faulty({ resources: [] }),
    /^means something/,
    /not among the resources/,
  ],
  [
    'means nothing by an object',
    faulty({ observe: () => [] }),
    /^means something/,
    /means nothing to the observer/,
  ],
];
