import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type {
  ApplicationObservation,
  FactObservation,
  KubernetesObject,
} from '@fairway/plugin-gitops-node';
import { FluxObserver } from '../FluxObserver';

/** An object whose fields tests change at will. */
export type AnyObject = KubernetesObject & Record<string, any>;

export const observer = new FluxObserver();
export const now = new Date('2026-02-22T09:00:00Z');

const DIRECTORY = resolve(__dirname, '../__fixtures__');

/** The objects of a file. */
export function readObjects(file: string): KubernetesObject[] {
  return parseAllDocuments(readFileSync(resolve(DIRECTORY, file), 'utf8')).map(
    document => document.toJS() as KubernetesObject,
  );
}

/** One file a kind: every state that a controller knows. */
export const objects: KubernetesObject[] = readdirSync(DIRECTORY)
  .filter(file => file.endsWith('.yaml'))
  .flatMap(readObjects);

/** A copy of one of them. */
export function object(kind: string, name: string): AnyObject {
  const found = objects.find(
    item => item.kind === kind && item.metadata.name === name,
  );
  if (!found) {
    throw new Error(`No ${kind} ${name} was recorded`);
  }
  return structuredClone(found) as AnyObject;
}

export function observe(item: KubernetesObject): ApplicationObservation {
  const [observation] = observer.observe(item, { cluster: 'prod-eu', now });
  return observation as ApplicationObservation;
}

export function observeFact(item: KubernetesObject): FactObservation {
  const [observation] = observer.observe(item, { cluster: 'prod-eu', now });
  return observation as FactObservation;
}

/** Changes a condition, or adds it. */
export function setCondition(
  item: AnyObject,
  type: string,
  fields: Record<string, unknown>,
): void {
  const { conditions } = item.status;
  const found = conditions.find(
    (condition: { type: string }) => condition.type === type,
  );
  if (found) {
    Object.assign(found, fields);
  } else {
    conditions.push({ type, ...fields });
  }
}

/** A revision of which every digit is this one. */
export const commit = (digit: string) => digit.repeat(40);
