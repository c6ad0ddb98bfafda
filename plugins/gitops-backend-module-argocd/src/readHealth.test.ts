import type { ApplicationObservation } from '@fairway/plugin-gitops-node';
import { readFixture, type LooseObject } from './__testUtils__';
import { observeApplication } from './observeApplication';

function observe(object: LooseObject): ApplicationObservation {
  return observeApplication(object, {
    cluster: 'prod-eu',
    now: new Date('2026-02-22T09:00:00Z'),
  });
}

const failed = () => readFixture('applications.yaml', 'checkout-staging');
const INVALID =
  'Service "checkout" is invalid: spec.clusterIP: field is immutable';
const messageOf = ({ resources }: ApplicationObservation) =>
  resources.find(({ kind }) => kind === 'Service')?.message;

describe('a sync that failed', () => {
  it('is told of the object that it left out of sync', () => {
    expect(messageOf(observe(failed()))).toBe(INVALID);
  });

  it('is over for an object that is in step, though Argo CD keeps its words', () => {
    const reverted = failed();
    const { status } = reverted;
    status.sync = { status: 'Synced', revision: 'a'.repeat(40) };
    status.resources.forEach((resource: LooseObject) => {
      resource.status = 'Synced';
    });
    const observation = observe(reverted);
    expect(messageOf(observation)).toBeUndefined();
    expect(observation.syncMessage).toBeUndefined();
  });

  it('is told as that of its revision when another one should run', () => {
    const ahead = failed();
    ahead.status.sync.revision = 'c'.repeat(40);
    const observation = observe(ahead);
    expect(messageOf(observation)).toBe(
      `The sync of bbbbbbb failed: ${INVALID}`,
    );
    expect(observation.syncMessage).toBe(
      'Differs from Git: ConfigMap old-settings (to be pruned), Deployment checkout, Service checkout. The sync of bbbbbbb failed: one or more objects failed to apply',
    );
  });
});

describe('health that Argo CD 3 keeps apart', () => {
  it.each(['Degraded', 'Progressing', 'Missing', 'Suspended', 'Unknown'])(
    'is hinted at when an application is %s',
    status => {
      const application = readFixture('applications.yaml', 'orders-prod');
      application.status.health = { status };
      application.status.resourceHealthSource = 'appTree';
      application.status.resources.forEach((resource: LooseObject) => {
        delete resource.health;
      });
      expect(observe(application).healthMessage).toMatch(
        new RegExp(
          `which object is ${status.toLowerCase()}: .*resource.health.persist`,
        ),
      );
    },
  );
});
