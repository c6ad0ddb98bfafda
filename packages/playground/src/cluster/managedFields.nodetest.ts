import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KubernetesObject } from '../types';
import {
  applyConfiguration,
  managedFieldsOf,
  trackUpdate,
} from './managedFields';
import { StatusError } from './StatusError';

const SERVICE = { kind: 'Service', custom: false };
const CUSTOM = { kind: 'Application', custom: true };
const time = '2026-01-01T00:00:00Z';

type Kind = typeof SERVICE;

function apply(
  kind: Kind,
  live: KubernetesObject | undefined,
  manager: string,
  content: object,
  force = false,
): KubernetesObject {
  return applyConfiguration({
    kind,
    live,
    configuration: {
      apiVersion: 'v1',
      kind: kind.kind,
      metadata: { name: 'a' },
      ...content,
    },
    writer: { manager, time },
    force,
  });
}

function fieldsOf(object: KubernetesObject, manager: string) {
  return managedFieldsOf(object).find(entry => entry.manager === manager)
    ?.fieldsV1;
}

describe('managed fields', () => {
  it('tells items of a list apart by their keys, with defaults', () => {
    const one = apply(SERVICE, undefined, 'one', {
      spec: { ports: [{ port: 80, name: 'http' }] },
    });
    assert.deepEqual(fieldsOf(one, 'one'), {
      'f:spec': {
        'f:ports': {
          'k:{"port":80,"protocol":"TCP"}': {
            '.': {},
            'f:port': {},
            'f:name': {},
          },
        },
      },
    });
    const two = apply(SERVICE, one, 'two', {
      spec: { ports: [{ port: 443, name: 'https' }] },
    });
    assert.deepEqual(
      two.spec.ports.map((port: { port: number }) => port.port),
      [80, 443],
    );
    const left = apply(SERVICE, two, 'one', { spec: { ports: [] } });
    assert.deepEqual(left.spec.ports, [{ port: 443, name: 'https' }]);
  });

  it('keeps an item that another manager has something in', () => {
    const one = apply(SERVICE, undefined, 'one', {
      spec: { ports: [{ port: 80, name: 'http' }] },
    });
    const two = apply(SERVICE, one, 'two', {
      spec: { ports: [{ port: 80, targetPort: 8080 }] },
    });
    const left = apply(SERVICE, two, 'one', { spec: { type: 'ClusterIP' } });
    assert.deepEqual(left.spec, {
      ports: [{ port: 80, targetPort: 8080 }],
      type: 'ClusterIP',
    });
  });

  it('owns lists of custom kinds as a whole', () => {
    const one = apply(CUSTOM, undefined, 'one', {
      spec: { sources: [{ name: 'x' }] },
    });
    const change = { spec: { sources: [{ name: 'y' }] } };
    assert.throws(
      () => apply(CUSTOM, one, 'two', change),
      (error: StatusError) =>
        error.code === 409 &&
        error.details?.causes?.[0].field === '.spec.sources',
    );
    const forced = apply(CUSTOM, one, 'two', change, true);
    assert.deepEqual(forced.spec.sources, [{ name: 'y' }]);
    assert.equal(fieldsOf(forced, 'one'), undefined);
  });

  it('gives a field to whoever updates it, and an apply then conflicts', () => {
    const applied = apply(SERVICE, undefined, 'engine', {
      spec: { type: 'ClusterIP', clusterIP: 'None' },
    });
    const edited = trackUpdate(
      SERVICE,
      applied,
      { ...applied, spec: { ...applied.spec, type: 'NodePort' } },
      { manager: 'person', time },
    );
    assert.deepEqual(fieldsOf(edited, 'engine'), {
      'f:spec': { 'f:clusterIP': {} },
    });
    assert.deepEqual(fieldsOf(edited, 'person'), {
      'f:spec': { 'f:type': {} },
    });
    assert.throws(
      () =>
        apply(SERVICE, edited, 'engine', {
          spec: { type: 'ClusterIP', clusterIP: 'None' },
        }),
      (error: StatusError) => error.code === 409,
    );
  });

  it('forgets fields that are gone', () => {
    const applied = apply(SERVICE, undefined, 'engine', {
      spec: { type: 'ClusterIP', clusterIP: 'None' },
    });
    const edited = trackUpdate(
      SERVICE,
      applied,
      { ...applied, spec: { type: 'ClusterIP' } },
      { manager: 'person', time },
    );
    assert.deepEqual(fieldsOf(edited, 'engine'), {
      'f:spec': { 'f:type': {} },
    });
  });

  it('merges finalizers of managers as a set', () => {
    const withFinalizers = (...finalizers: string[]) => ({
      metadata: { name: 'a', finalizers },
    });
    const one = apply(CUSTOM, undefined, 'one', withFinalizers('x/a'));
    const two = apply(CUSTOM, one, 'two', withFinalizers('x/b', 'x/a'));
    assert.deepEqual(two.metadata.finalizers, ['x/a', 'x/b']);
    const left = apply(CUSTOM, two, 'two', withFinalizers());
    assert.deepEqual(left.metadata.finalizers, ['x/a']);
  });
});
