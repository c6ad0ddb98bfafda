import type { FactObservation } from '@fairway/plugin-gitops-node';
import { readFixture, type LooseObject } from '../__testUtils__';
import { observeAppProject } from './observeAppProject';

function observe(object: LooseObject): FactObservation {
  return observeAppProject(object, {
    cluster: 'prod-eu',
    now: new Date('2026-02-22T09:00:00Z'),
  });
}

describe('observeAppProject', () => {
  const read = (name: string) => readFixture('appprojects.yaml', name);

  it('shows what a project allows, and when', () => {
    expect(observe(read('payments'))).toMatchObject({
      kind: 'project',
      title: 'Project payments',
      health: 'healthy',
      message: undefined,
      details: {
        engine: 'argocd',
        description: 'Payments team',
        destinations: [
          { server: 'https://kubernetes.default.svc', namespace: 'orders*' },
          { name: 'eu-west', namespace: '!kube-system' },
        ],
        sourceRepos: [
          'https://git.example.com/payments/*',
          'https://charts.example.com',
        ],
        sourceNamespaces: ['payments'],
        roles: 1,
        orphanedResources: { warn: true },
        syncWindows: [
          {
            kind: 'deny',
            schedule: '0 22 * * *',
            duration: '8h',
            timeZone: 'Europe/Paris',
            applications: ['*-prod'],
            namespaces: [],
            clusters: [],
            andOperator: false,
            manualSync: false,
            syncOverrun: false,
            description: 'Nightly batch',
          },
          {
            kind: 'allow',
            namespaces: ['checkout'],
            clusters: ['https://*'],
            andOperator: true,
            manualSync: true,
            syncOverrun: true,
          },
        ],
      },
    });
  });

  it('says that a window cannot be read, because nothing is synced then', () => {
    const project = observe(read('discovery'));
    expect(project.health).toBe('degraded');
    expect(project.message).toMatch(
      /allow window.*'0 25 \* \* \*'.*'25' is no hour.*correct the project/,
    );
    expect(project.details).not.toHaveProperty('orphanedResources');
  });
});
