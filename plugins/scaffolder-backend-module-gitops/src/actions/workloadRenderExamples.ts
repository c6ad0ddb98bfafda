/** What `gitops:workload:render` is for, in the portal's list of actions. */
export const workloadRenderExamples = [
  {
    description: 'A Node.js service with two environments',
    example: `steps:
  - id: workload
    action: gitops:workload:render
    input:
      name: orders
      owner: group:default/payments
      engine: argocd
      runtime: nodejs
      image: registry.example.com/payments/orders
      cloneUrl: https://git.example.com/payments/orders.git
      targetPath: ./service
      environments:
        - name: dev
          policy: automated
        - name: production
          policy: manual
`,
  },
  {
    description:
      'A service that scales and is reached by a host, in the team’s configuration repository',
    example: `steps:
  - id: workload
    action: gitops:workload:render
    input:
      name: orders
      owner: group:default/payments
      engine: flux
      runtime: go
      image: registry.example.com/payments/orders
      layout: team-repository
      cloneUrl: https://git.example.com/payments/configuration.git
      targetPath: ./configuration
      scaling:
        cpuUtilization: 70
      route:
        type: gateway
        gateway: gateways/public
      networkPolicy: {}
      environments:
        - name: dev
          host: orders.dev.example.com
        - name: production
          host: orders.example.com
          minReplicas: 3
          maxReplicas: 12
`,
  },
  {
    description: 'A cron job of an image that is built elsewhere',
    example: `steps:
  - id: workload
    action: gitops:workload:render
    input:
      kind: cron-job
      name: invoices
      owner: group:default/payments
      engine: argocd
      runtime: image
      image: ghcr.io/payments/invoices:1.4.2
      cloneUrl: https://git.example.com/payments/invoices.git
      args: [send, --all]
      schedule:
        cron: 30 2 * * 1-5
        timeZone: Europe/Berlin
      environments:
        - name: production
`,
  },
];
