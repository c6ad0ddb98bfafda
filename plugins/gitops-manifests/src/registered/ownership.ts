import { LABEL_COMPONENT } from '@fairway/plugin-gitops-common';
import type { ManifestChange, ManifestTree } from '../edit';
import { isOfKind, type Registered } from './findRegistered';

/** A project of a team may have a single service now, and is the team's all the same. */
export function isOwn({ object }: Registered, service: string): boolean {
  const { name, labels } = object.metadata;
  return (
    labels?.[LABEL_COMPONENT] === service ||
    name === service ||
    name === `service-${service}`
  );
}

/** Whether a registration refers to an object: its project, or its source. */
export function isUsedBy(
  { object }: Registered,
  registration: Registered,
): boolean {
  const spec = registration.object.spec ?? {};
  const { name, namespace } = object.metadata;
  if (isOfKind(object, 'AppProject')) {
    return (spec.project ?? spec.template?.spec?.project) === name;
  }
  const isSource = object.apiVersion?.startsWith('source.toolkit.fluxcd.io/');
  const refs = [spec.sourceRef, spec.chartRef, spec.chart?.spec?.sourceRef];
  return (
    isSource &&
    refs.some(
      ref =>
        ref?.kind === object.kind &&
        ref?.name === name &&
        (ref?.namespace ?? registration.object.metadata.namespace) ===
          namespace,
    )
  );
}

/** Whether it is only for registrations that go, and the service's own. */
export function goesWith(
  all: ReadonlyArray<Registered>,
  one: Registered,
  going: ReadonlyArray<Registered>,
): boolean {
  let isUsed = false;
  for (const other of all) {
    const isGoing = going.some(
      ({ path: file, index }) => file === other.path && index === other.index,
    );
    if (isUsedBy(one, other)) {
      if (!isGoing) {
        return false;
      }
      isUsed = true;
    }
  }
  return isUsed;
}

/** What makes one tree another. */
export function differences(
  before: ManifestTree,
  after: ManifestTree,
): ManifestChange[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths]
    .filter(file => before.get(file) !== after.get(file))
    .map(file => ({ path: file, content: after.get(file) }));
}
