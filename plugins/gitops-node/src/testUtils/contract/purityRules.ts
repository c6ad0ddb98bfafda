import type { Observation } from '../../GitopsObserver';
import { CONTEXT, deepFreeze } from './contractContext';
import { demandSame } from './demand';
import { forEachObject, type ObserverRule } from './ObserverRule';
import { withFieldsReversed } from './spoiledObjects';
import { withoutWorld } from './withoutWorld';

const DAY_MILLIS = 86_400_000;

/** An observer is a function: the same object, the same words. */
export const purityRules: readonly ObserverRule[] = [
  {
    rule: 'changes nothing, and uses neither clock nor chance nor anything else of the world',
    check(contract) {
      const { observer } = contract;
      forEachObject(contract, object => {
        const copy = structuredClone(object);
        withoutWorld(() => observer.observe(copy, CONTEXT));
        demandSame(copy, object, 'it changes the object');
        // Also what it would only sort, or set to the value that it has.
        const frozen = deepFreeze(structuredClone(object));
        observer.observe(frozen, deepFreeze({ ...CONTEXT }));
      });
    },
  },
  {
    rule: 'says the same of the same object, however often and in whichever order objects come',
    check(contract) {
      const { observer, objects } = contract;
      const first: Observation[][] = [];
      forEachObject(contract, object => {
        first.push(structuredClone(observer.observe(object, CONTEXT)));
      });
      const reversed = [...objects].reverse();
      forEachObject({ observer, objects: reversed }, (object, index) => {
        for (const [how, same] of [
          ['the second time', structuredClone(object)],
          ['through JSON', JSON.parse(JSON.stringify(object))],
          ['with its fields in another order', withFieldsReversed(object)],
        ] as const) {
          demandSame(
            observer.observe(same, CONTEXT),
            first.at(-1 - index),
            `it says something else ${how}`,
          );
        }
      });
    },
  },
  {
    rule: 'says what stays the same when it is stored as JSON',
    check(contract) {
      const { observer } = contract;
      forEachObject(contract, object => {
        const said = observer.observe(object, CONTEXT);
        demandSame(
          JSON.parse(JSON.stringify(said)),
          said,
          'what it observes is something else when it is read again',
        );
      });
    },
  },
  {
    rule: 'gives deployments the same keys, whenever and however often they are seen',
    check(contract) {
      const { observer } = contract;
      forEachObject(contract, object => {
        const deployments = deploymentsOf(observer.observe(object, CONTEXT));
        for (const days of [-3650, -1, 1, 3650]) {
          const now = new Date(CONTEXT.now.getTime() + days * DAY_MILLIS);
          const seen = structuredClone(object);
          seen.metadata.resourceVersion = String(now.getTime());
          seen.metadata.managedFields = [{ time: now.toISOString() }];
          demandSame(
            deploymentsOf(observer.observe(seen, { ...CONTEXT, now })),
            deployments,
            `it tells deployments otherwise ${days} days later`,
          );
        }
      });
    },
  },
];

function deploymentsOf(observations: Observation[]) {
  return observations.flatMap(observation =>
    observation.type === 'application' ? observation.deployments : [],
  );
}
