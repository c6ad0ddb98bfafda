export const CHART_WRAP_EXAMPLES = [
  {
    description: 'A chart that Argo CD lets kustomize inflate',
    example: `steps:
  - id: chart
    action: gitops:chart:wrap
    input:
      name: cart-cache
      owner: group:default/payments
      engine: argocd
      method: kustomize
      chart:
        repository: https://charts.example.com/stable
        name: redis
        version: 20.1.0
      values: |
        architecture: standalone
      cloneUrl: https://git.example.com/payments/cart-cache.git
      environments:
        - name: dev
          policy: automated
        - name: production
          values: |
            architecture: replication
          patches: |
            - target: {kind: StatefulSet}
              patch: |
                - op: add
                  path: /spec/template/spec/priorityClassName
                  value: important
      targetPath: ./service
      registrationPath: ./registration
`,
  },
  {
    description: 'A chart of an OCI registry, released by Flux',
    example: `steps:
  - id: chart
    action: gitops:chart:wrap
    input:
      name: cart-cache
      owner: group:default/payments
      engine: flux
      chart:
        repository: oci://registry.example.com/charts
        name: redis
        version: 20.1.0
      cloneUrl: https://git.example.com/payments/cart-cache.git
      environments:
        - name: dev
          policy: automated-prune
      targetPath: ./service
      registrationPath: ./registration
`,
  },
];
