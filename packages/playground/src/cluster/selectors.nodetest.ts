import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KubernetesObject } from '../types';
import { RESOURCES } from './resources';
import { parseFieldSelector, parseLabelSelector } from './selectors';
import { StatusError } from './StatusError';

const PODS = RESOURCES.find(
  ({ kind, group }) => kind === 'Pod' && group === '',
)!;

function pod(labels?: Record<string, string>): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', namespace: 'n', labels },
    spec: { nodeName: 'node-1' },
    status: { phase: 'Running' },
  };
}

describe('label selectors', () => {
  const cases: Array<[string, Record<string, string> | undefined, boolean]> = [
    ['', undefined, true],
    ['a=1', { a: '1' }, true],
    ['a = 1 , b == 2', { a: '1', b: '2' }, true],
    ['a=', { a: '' }, true],
    ['a=', {}, false],
    ['a!=1', {}, true],
    ['a!=1', { a: '1' }, false],
    ['a in (1, 2)', { a: '2' }, true],
    ['a in (1,2)', {}, false],
    ['a notin (1,2)', {}, true],
    ['a notin (1,2)', { a: '1' }, false],
    ['app.kubernetes.io/name', { 'app.kubernetes.io/name': 'x' }, true],
    ['!a', { b: '1' }, true],
    ['! a', { a: '1' }, false],
    ['a>5', { a: '6' }, true],
    ['a<5', { a: '6' }, false],
    ['a>5', {}, false],
    ['in', { in: 'x' }, true],
  ];
  for (const [selector, labels, expected] of cases) {
    it(`${JSON.stringify(selector)} ${
      expected ? 'selects' : 'leaves out'
    } ${JSON.stringify(labels)}`, () => {
      assert.equal(parseLabelSelector(selector)(pod(labels)), expected);
    });
  }

  for (const selector of ['a in 1', 'a=b=c', 'a,,b', '=x', 'a in (x', '-a']) {
    it(`refuses ${JSON.stringify(selector)}`, () => {
      assert.throws(
        () => parseLabelSelector(selector),
        (error: StatusError) => error.code === 400,
      );
    });
  }
});

describe('field selectors', () => {
  it('selects by the fields that the kind offers', () => {
    const selects = (text: string) =>
      parseFieldSelector(text, PODS)(pod({ a: '1' }));
    assert.equal(selects('spec.nodeName=node-1,status.phase!=Pending'), true);
    assert.equal(selects('metadata.name==a,metadata.namespace=other'), false);
    assert.equal(selects('status.podIP='), true);
  });

  it('refuses other fields', () => {
    for (const text of ['spec.hostname=a', 'nonsense']) {
      assert.throws(
        () => parseFieldSelector(text, PODS),
        (error: StatusError) => error.code === 400,
      );
    }
  });
});
