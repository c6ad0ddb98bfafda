export const PROGRESSIVE_DELIVERY_EXAMPLES = [
  {
    description:
      'A canary of Argo Rollouts in production: first beside the Deployment',
    example: `steps:
  - id: service
    action: gitops:service:locate
    input:
      entityRef: component:default/orders
  - id: fetch
    action: gitops:repository:fetch
    input:
      repoUrl: \${{ steps.service.output.repoUrl }}
      branch: \${{ steps.service.output.branch }}
      targetPath: ./service
  - id: delivery
    action: gitops:progressive-delivery:add
    input:
      path: ./service
      root: \${{ steps.service.output.root }}
      overlays: \${{ steps.service.output.overlays }}
      name: \${{ steps.service.output.name }}
      team: \${{ steps.service.output.team }}
      engine: \${{ steps.service.output.engine }}
      environments: [production]
      controller: argo-rollouts
      routing: nginx
      steps:
        - weight: 5
          pause: 5m
        - weight: 50
          pause: manual
        - weight: 100
      analysis:
        prometheus: http://prometheus.monitoring:9090
        successRate: 99
`,
  },
  {
    description: 'The same, second: the Deployment steps down',
    example: `steps:
  - id: delivery
    action: gitops:progressive-delivery:add
    input:
      path: ./service
      name: orders
      team: payments
      engine: argocd
      environments: [production]
      phase: switch
      controller: argo-rollouts
      routing: nginx
`,
  },
  {
    description: 'Flagger with the Gateway API',
    example: `steps:
  - id: delivery
    action: gitops:progressive-delivery:add
    input:
      path: ./service
      name: orders
      team: payments
      engine: flux
      environments: [staging, production]
      controller: flagger
      routing: gateway-api
      flagger:
        threshold: 5
        webhooks:
          - name: load-test
            type: rollout
            url: http://flagger-loadtester.test/
            timeout: 5s
`,
  },
];
