import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ContractSubject, freshDeployments, refusal } from './contractSubject';

/** The part of the contract on logs. */
export function logContract(subject: () => ContractSubject): void {
  it('gives the log of a container', async () => {
    const { door, running } = subject();
    const { namespace } = freshDeployments(subject());
    const pod = { apiVersion: 'v1', kind: 'Pod', namespace, name: 'web-1' };
    running.cluster.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web-1', namespace },
      spec: { containers: [{ name: 'web' }] },
    });
    for (const line of ['one', 'two', 'three']) {
      running.cluster.appendLog(pod, line);
    }
    const log = (query: { tailLines?: number; previous?: boolean }) =>
      door.log({ namespace, name: 'web-1' }, { container: 'web', ...query });
    assert.equal(await log({}), 'one\ntwo\nthree\n');
    assert.equal(await log({ tailLines: 2 }), 'two\nthree\n');
    const none = await refusal(log({ previous: true }));
    assert.equal(none.code, 400);
    running.cluster.rotateLog(pod);
    running.cluster.appendLog(pod, 'four');
    assert.equal(await log({ previous: true }), 'one\ntwo\nthree\n');
    assert.equal(await log({}), 'four\n');
  });
}
