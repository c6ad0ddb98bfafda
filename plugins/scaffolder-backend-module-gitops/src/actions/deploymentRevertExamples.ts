export const deploymentRevertExamples = [
  {
    description: 'Production as it was with a deployment',
    example: `steps:
  - id: revert
    action: gitops:deployment:revert
    input:
      path: ./service
      overlays: \${{ steps.service.output.overlays }}
      environment: production
      deployment: \${{ parameters.deployment }}
`,
  },
  {
    description: 'Only the images of a commit',
    example: `steps:
  - id: revert
    action: gitops:deployment:revert
    input:
      path: ./service
      overlays: \${{ steps.service.output.overlays }}
      environment: production
      revision: 0123456789abcdef0123456789abcdef01234567
      scope: images
`,
  },
];
