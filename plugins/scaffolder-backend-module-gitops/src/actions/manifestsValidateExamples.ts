/** Examples of `gitops:manifests:validate`. */
export const manifestsValidateExamples = [
  {
    description: 'Check what was rendered',
    example: `steps:
  - id: validate
    action: gitops:manifests:validate
    input:
      path: ./service/deploy
`,
  },
  {
    description:
      'Refuse what the enforced policies of the cluster would refuse',
    example: `steps:
  - id: validate
    action: gitops:manifests:validate
    input:
      path: ./service/deploy
      policy:
        rules: [disallow-latest-tag, allowed-registries]
        registries: [registry.example.com]
        enforce: true
`,
  },
];
