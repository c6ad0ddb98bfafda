import { after, before, describe } from 'node:test';
import { applyContract } from './applyContract';
import { deleteContract } from './deleteContract';
import { listContract } from './listContract';
import { logContract } from './logContract';
import { watchContract } from './watchContract';
import { writeContract } from './writeContract';
import { ContractSubject } from './contractSubject';

/** For all tests together, the start of a backend included. */
const TIMEOUT_MS = 120_000;

/**
 * The contract of the Kubernetes API that Fairway relies on, over any door.
 *
 * Each test has a namespace of its own, so that what it lists and watches is its own.
 */
export function clusterContract(
  name: string,
  start: () => Promise<ContractSubject>,
): void {
  describe(name, { timeout: TIMEOUT_MS }, () => {
    let subject: ContractSubject;
    before(async () => {
      subject = await start();
    });
    after(() => subject?.stop());

    describe('list', () => listContract(() => subject));
    describe('watch', () => watchContract(() => subject));
    describe('write', () => writeContract(() => subject));
    describe('apply', () => applyContract(() => subject));
    describe('delete', () => deleteContract(() => subject));
    describe('log', () => logContract(() => subject));
  });
}
