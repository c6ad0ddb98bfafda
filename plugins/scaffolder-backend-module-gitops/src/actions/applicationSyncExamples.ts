/** Examples of `gitops:application:sync` in the portal's list of actions. */
export const applicationSyncExamples = [
  {
    description: 'Sync a service in an environment, and wait for the outcome',
    example: `steps:
  - id: sync
    action: gitops:application:sync
    input:
      entityRef: component:default/orders
      environment: production
`,
  },
  {
    description: 'Delete what Git no longer names, of one application',
    example: `steps:
  - id: sync
    action: gitops:application:sync
    input:
      applicationId: \${{ parameters.applicationId }}
      prune: true
      timeoutMinutes: 30
`,
  },
  {
    description: 'Ask for a sync, do something else, then wait for both',
    example: `steps:
  - id: sync
    action: gitops:application:sync
    input:
      entityRef: component:default/orders
      environment: production
      wait: false
  - id: healthy
    action: gitops:application:wait
    input:
      commandRunId: \${{ steps.sync.output.runId }}
`,
  },
];
