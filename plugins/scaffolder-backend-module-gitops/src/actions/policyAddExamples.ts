/** Examples of `gitops:policy:add`. */
export const policyAddExamples = [
  {
    description: 'Report what breaks the baseline, in a fetched repository',
    example: `steps:
  - id: platform
    action: gitops:repository:fetch
    input:
      targetPath: ./platform
  - id: policies
    action: gitops:policy:add
    input:
      path: ./platform
      engine: kyverno
      policies: [require-team-label, baseline]
      registries: [registry.example.com]
`,
  },
  {
    description: 'Refuse from now on what has been reported',
    example: `steps:
  - id: policies
    action: gitops:policy:add
    input:
      path: ./platform
      engine: kyverno
      policies: [require-team-label]
      enforce: true
`,
  },
  {
    description: 'The same rules for Gatekeeper, registered with Flux',
    example: `steps:
  - id: policies
    action: gitops:policy:add
    input:
      path: ./platform
      engine: gatekeeper
      policies: [disallow-privileged-containers, disallow-latest-tag]
      registration:
        engine: flux
        sourceName: flux-system
`,
  },
];
