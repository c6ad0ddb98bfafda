import { createHash } from 'node:crypto';
import type { FailureSignal, ObjectRef } from '@fairway/plugin-gitops-common';
import type { FactObservation } from '@fairway/plugin-gitops-node';

function escape(text: string): string {
  return [...Buffer.from(text, 'utf8')]
    .map(byte => {
      const char = String.fromCharCode(byte);
      return /[A-Za-z0-9.-]/.test(char)
        ? char
        : `_${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

function digest(...parts: string[]): string {
  return createHash('sha256')
    .update(JSON.stringify(parts))
    .digest('base64url')
    .slice(0, 22);
}

/**
 * The id of what is stored about an object: readable, stable and safe in a URL path segment.
 * The version of the API is no part of it, so that it survives an upgrade of the engine.
 */
export function objectId(ref: ObjectRef): string {
  return [ref.cluster, ref.kind.toLowerCase(), ref.namespace ?? '', ref.name]
    .map(escape)
    .join('~');
}

/**
 * The id of a fact. The facts of one object differ in their part; objects that follow one another
 * in a series have one id, so that the next takes the place of the one before.
 */
export function factId({
  kind,
  ref,
  part,
  series,
}: Pick<FactObservation, 'kind' | 'ref' | 'part' | 'series'>): string {
  const object = objectId(series ? { ...ref, name: series.name } : ref);
  return [kind, object, ...(part === undefined ? [] : [escape(part)])].join(
    '~',
  );
}

/** The id of a deployment: the same event has the same id, however often it is observed. */
export function deploymentId(applicationId: string, key: string): string {
  return digest('deployment', applicationId, key);
}

/**
 * The id of a failure. A deployment has at most one failure of a signal, except where a
 * `reference` (an incident, for example) tells several apart.
 */
export function failureId(
  deployment: string,
  signal: FailureSignal,
  reference = '',
): string {
  return digest('failure', deployment, signal, reference);
}
