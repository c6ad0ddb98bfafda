/** Examples of `gitops:previews:enable` in the portal's list of actions. */
export const previewsEnableExamples = [
  {
    description:
      'Previews of a service, from where Fairway knows its manifests to be',
    example: `steps:
  - id: service
    action: gitops:service:locate
    input:
      entityRef: component:default/orders
  - id: fetchService
    action: gitops:repository:fetch
    input:
      repoUrl: \${{ steps.service.output.repoUrl }}
      targetPath: ./service
  - id: fetchPlatform
    action: gitops:repository:fetch
    input:
      targetPath: ./platform
  - id: previews
    action: gitops:previews:enable
    input:
      name: \${{ steps.service.output.name }}
      team: \${{ steps.service.output.team }}
      engine: \${{ steps.service.output.engine }}
      repoUrl: \${{ steps.service.output.repoUrl }}
      cloneUrl: \${{ steps.service.output.cloneUrl }}
      branch: \${{ steps.service.output.branch }}
      root: \${{ steps.service.output.root }}
      image: \${{ steps.service.output.overlays[0].image }}
      manifestsPath: ./service
      registrationPath: ./platform
      domain: preview.example.com
`,
  },
  {
    description:
      'For a week, with a tag of their own, from a private repository of GitHub',
    example: `steps:
  - id: previews
    action: gitops:previews:enable
    input:
      name: orders
      team: payments
      engine: argocd
      repoUrl: github.com?owner=payments&repo=orders
      cloneUrl: https://github.com/payments/orders.git
      image: ghcr.io/payments/orders
      imageTag: pr-{number}-{shortSha}
      hoursToLive: 168
      secret:
        name: github-token
      manifestsPath: ./service
      registrationPath: ./platform
`,
  },
];
