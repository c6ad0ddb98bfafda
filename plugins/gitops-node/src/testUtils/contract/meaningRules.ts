import type { GitopsObserver, KubernetesObject } from '../../GitopsObserver';
import { isObserved } from '../../isObserved';
import { CONTEXT } from './contractContext';
import { demand, demandSame } from './demand';
import { demandWellFormed } from './demandWellFormed';
import { forEachObject, type ObserverRule } from './ObserverRule';
import { withUnknownFields } from './spoiledObjects';

/** What the observer says of the objects that it wants, and that it says nothing of others. */
export const meaningRules: readonly ObserverRule[] = [
  {
    rule: 'means something by each recorded object, and only what is well formed',
    check(contract) {
      const { observer, objects } = contract;
      demand(objects.length > 0, 'there is no object to hold it to');
      forEachObject(contract, object => {
        demand(
          isObserved(observer.resources, object),
          `${object.apiVersion} is not among the resources of the observer`,
        );
        const observations = observer.observe(object, CONTEXT);
        demand(observations.length > 0, 'it means nothing to the observer');
        demandWellFormed(observations, object);
      });
    },
  },
  {
    rule: 'means nothing by objects of another group, version or kind',
    check(contract) {
      forEachObject(contract, object => {
        for (const other of strangers(object, contract.observer)) {
          const { apiVersion, kind } = other;
          demandSame(
            contract.observer.observe(other, CONTEXT),
            [],
            `it says something of ${apiVersion} ${kind}, which it did not ask for`,
          );
        }
      });
    },
  },
  {
    rule: 'takes objects with fields of the future',
    check(contract) {
      const { observer } = contract;
      forEachObject(contract, object => {
        demandSame(
          observer.observe(withUnknownFields(object), CONTEXT),
          observer.observe(object, CONTEXT),
          'with fields that it does not know it says something else',
        );
      });
    },
  },
  {
    rule: 'takes objects without a status, and without anything',
    check(contract) {
      const { observer } = contract;
      forEachObject(contract, object => {
        for (const partial of partsOf(object)) {
          demandWellFormed(observer.observe(partial, CONTEXT), partial);
        }
        const { status, ...fresh } = structuredClone(object);
        for (const said of observer.observe(fresh, CONTEXT)) {
          demand(
            said.type !== 'application' || said.health !== 'healthy',
            'without a status it is healthy, although its engine has said nothing of it',
          );
        }
      });
    },
  },
];

/** The same object, as if it were something else that the observer did not ask for. */
function strangers(
  object: KubernetesObject,
  observer: GitopsObserver,
): KubernetesObject[] {
  const { apiVersion, kind } = object;
  const [group, version] = apiVersion.includes('/')
    ? apiVersion.split('/')
    : ['', apiVersion];
  return [
    [`other.example.com/${version}`, kind],
    [`${group}.example.com/${version}`, kind],
    [`${group ? `${group}/` : ''}v0fromthepast1`, kind],
    ['v1', kind],
    ['', kind],
    [apiVersion, 'constructor'],
    ['v1', 'Secret'],
  ]
    .map(([otherVersion, otherKind]) => ({
      ...structuredClone(object),
      apiVersion: otherVersion,
      kind: otherKind,
      data: { password: 'c2VjcmV0' },
    }))
    .filter(other => !isObserved(observer.resources, other));
}

function partsOf(object: KubernetesObject): KubernetesObject[] {
  const { spec, status, ...bare } = structuredClone(object);
  const { apiVersion, kind, metadata } = bare;
  const { name, namespace } = metadata;
  return [
    bare,
    { ...bare, spec },
    { ...bare, status },
    { ...bare, spec: null, status: null },
    { apiVersion, kind, metadata: { name, namespace } },
  ];
}
