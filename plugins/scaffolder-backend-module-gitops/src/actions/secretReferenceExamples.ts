/** Examples of `gitops:secret:reference`. */
export const secretReferenceExamples = [
  {
    description:
      'Take the Secret "orders-db" out of Git, and read it from Vault as the service account of the service',
    example: `steps:
  - id: secret
    action: gitops:secret:reference
    input:
      path: ./service/deploy
      service: orders
      name: orders-db
      store:
        kind: SecretStore
        name: vault
        provider:
          type: vault
          server: https://vault.example.com
          role: orders
      remoteKey: payments/{name}/{environment}
`,
  },
  {
    description:
      'A new secret from a store that the platform team offers to every namespace',
    example: `steps:
  - id: secret
    action: gitops:secret:reference
    input:
      path: ./service/deploy
      service: orders
      name: orders-payment-provider
      keys: [api-key]
      store:
        kind: ClusterSecretStore
        name: vault
      remoteKey: payments/{name}/{environment}/payment-provider
`,
  },
  {
    description:
      'Azure Key Vault, which keeps one value under one name, and a Secret that is made of two of them',
    example: `steps:
  - id: secret
    action: gitops:secret:reference
    input:
      path: ./service/deploy
      service: orders
      name: orders-db
      keys: [user, password]
      store:
        kind: SecretStore
        name: key-vault
        provider:
          type: azure
          vaultUrl: https://orders-{environment}.vault.azure.net
      remoteKey: '{name}-{key}'
      template:
        data:
          url: postgres://{{ .user }}:{{ .password }}@db:5432/orders
`,
  },
];
