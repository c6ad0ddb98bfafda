export const serviceAdoptExamples = [
  {
    description: 'Write what runs to the repository of the service',
    example: `steps:
  - id: adopt
    action: gitops:service:adopt
    input:
      name: orders
      owner: group:default/payments
      targetPath: ./service
      environments:
        - name: production
          namespace: orders
          manifests: \${{ parameters.manifests }}
`,
  },
];
