/** Examples of `gitops:application:wait` in the portal's list of actions. */
export const applicationWaitExamples = [
  {
    description: 'Wait for the first environment',
    example: `steps:
  - id: healthy
    action: gitops:application:wait
    input:
      entityRef: component:default/orders
      environment: dev
`,
  },
  {
    description: 'Wait until a commit runs in production',
    example: `steps:
  - id: deployed
    action: gitops:application:wait
    input:
      entityRef: component:default/orders
      environment: production
      revision: \${{ steps.merge.output.mergeCommit }}
      timeoutMinutes: 60
`,
  },
  {
    description: 'Wait for a sync that an earlier step asked for',
    example: `steps:
  - id: healthy
    action: gitops:application:wait
    input:
      commandRunId: \${{ steps.sync.output.runId }}
`,
  },
];
