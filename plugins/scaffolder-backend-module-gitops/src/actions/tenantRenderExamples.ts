/** Examples of `gitops:tenant:render` in the portal's list of actions. */
export const tenantRenderExamples = [
  {
    description: 'A team that Argo CD deploys for, in two environments',
    example: `steps:
  - id: fetch
    action: gitops:repository:fetch
    input:
      targetPath: ./platform
  - id: tenant
    action: gitops:tenant:render
    input:
      name: growth
      title: Growth
      engine: argocd
      environments: [dev, production]
      parent: group:default/company
      members: ['user:default/ada']
      targetPath: ./platform
`,
  },
  {
    description:
      'A team that Flux deploys for, with a smaller quota and a group in the catalog',
    example: `steps:
  - id: tenant
    action: gitops:tenant:render
    input:
      name: growth
      engine: flux
      environments: [dev]
      configurationUrl: https://git.example.com/growth/deploy.git
      quota:
        cpu: '1'
        memory: 2Gi
        pods: 20
      targetPath: ./platform
      catalogPath: ./catalog
      catalogFile: org.yaml
`,
  },
];
