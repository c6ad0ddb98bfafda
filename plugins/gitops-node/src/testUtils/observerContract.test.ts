import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { GitopsObserver, KubernetesObject } from '../index';
import { commandFaults } from '../__testUtils__/commandFaults';
import { deliveries } from '../__testUtils__/deliveries';
import { good, saying } from '../__testUtils__/faulty';
import { meaningFaults } from '../__testUtils__/meaningFaults';
import { trustFaults } from '../__testUtils__/trustFaults';
import { describeObserverContract, observerContract } from './index';

const FAULTS = [...meaningFaults, ...trustFaults, ...commandFaults];

/** The rules that an observer breaks, among some, with what the kit says of each. */
function broken(
  observer: GitopsObserver,
  rules = observerContract,
): Map<string, string> {
  const found = new Map<string, string>();
  for (const { rule, check } of rules) {
    try {
      check({ observer, objects: deliveries });
    } catch (error) {
      found.set(rule, (error as Error).message);
    }
  }
  return found;
}

describeObserverContract({ observer: good, objects: deliveries });

describe('the contract kit', () => {
  it('has no complaint about a good observer, with which commands or without', () => {
    expect([...broken(good)]).toEqual([]);
    const silent = saying(() => ({ commands: [] }));
    expect([
      ...broken({ ...silent, commands: undefined, progress: undefined }),
    ]).toEqual([]);
  });

  it.each(FAULTS)('finds that an observer %s', (_, observer, rule, said) => {
    const rules = observerContract.filter(one => rule.test(one.rule));
    expect(rules).toHaveLength(1);
    expect([...broken(observer, rules).values()]).toEqual([
      expect.stringMatching(said),
    ]);
  });

  it('has no rule that nobody breaks', () => {
    const unbroken = observerContract.filter(
      ({ rule }) => !FAULTS.some(([, , pattern]) => pattern.test(rule)),
    );
    expect(unbroken).toEqual([]);
  });

  it('names the object, and leaves the objects and the world as they were', () => {
    const before = structuredClone(deliveries);
    const [message] = broken(
      saying((_, object) => ({ revision: object.status.revision })),
      observerContract.slice(0, 4),
    ).values();
    expect(message).toMatch(/^Delivery \w+: the observer threw TypeError: /);
    broken(saying(() => ({ revision: `${Date.now()}` })));
    expect(deliveries).toEqual(before);
    expect(Date.now()).toBeGreaterThan(0);
    expect(Math.random()).toBeLessThan(1);
  });

  it('needs an object', () => {
    const [meaning] = observerContract;
    expect(() =>
      meaning.check({ observer: good, objects: [] as KubernetesObject[] }),
    ).toThrow(/no object/);
  });

  it('is passed by the example of the README, word for word', () => {
    const read = (path: string) =>
      readFileSync(resolve(__dirname, '../..', path), 'utf8');
    const example = read('src/__testUtils__/DeliveryObserver.ts').replace(
      "'../index'",
      "'@fairway/plugin-gitops-node'",
    );
    expect(read('README.md')).toContain(`\`\`\`ts\n${example}\`\`\``);
  });
});
