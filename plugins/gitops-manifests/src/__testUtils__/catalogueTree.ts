import type { ManifestTree } from '../edit';

/** A service as people wrote it, with comments and habits of their own. */
const FILES = {
  'deploy/base/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
- workload.yaml # all of it
- budget.yaml
- routes
labels:
- pairs: {backstage.io/kubernetes-id: catalogue, team: shop}
`,
  'deploy/base/workload.yaml': `# The service itself.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: catalogue
spec:
  replicas: 1 # overlays say more
  selector:
    matchLabels: {app.kubernetes.io/name: catalogue}
  template:
    metadata:
      labels: {app.kubernetes.io/name: catalogue, tier: web}
    spec:
      containers:
      - name: catalogue
        image: registry.example.com/shop/catalogue
        env:
        - {name: PORT, value: "8080"}
        ports: [{name: http, containerPort: 8080}]
---
apiVersion: v1
kind: Service
metadata: {name: catalogue}
spec:
  selector: {app.kubernetes.io/name: catalogue}
  ports: [{name: http, port: 80, targetPort: http}]
`,
  'deploy/base/budget.yaml': `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: catalogue}
spec:
  maxUnavailable: 1
  selector: {matchLabels: {app.kubernetes.io/name: catalogue}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: catalogue}
spec:
  podSelector: {matchLabels: {app.kubernetes.io/name: catalogue, tier: web}}
  ingress: [{}]
`,
  'deploy/base/routes/kustomization.yaml': `resources: [ingress.yaml, httproute.yaml, virtualservice.yaml]
`,
  'deploy/base/routes/ingress.yaml': `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop}
spec:
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /catalogue, pathType: Prefix, backend: {service: {name: catalogue, port: {name: http}}}}
`,
  'deploy/base/routes/httproute.yaml': `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
spec:
  parentRefs: [{name: public, namespace: gateways}]
  hostnames: [shop.example.com]
  rules:
  - matches: [{path: {type: PathPrefix, value: /static}}]
    backendRefs: [{name: files, port: 80}]
  - matches: [{path: {type: PathPrefix, value: /catalogue}}]
    backendRefs: [{name: catalogue, port: 80}]
`,
  'deploy/base/routes/virtualservice.yaml': `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop}
spec:
  hosts: [shop.example.com]
  gateways: [istio-system/public]
  http:
  - name: catalogue
    route: [{destination: {host: catalogue, port: {number: 80}}}]
`,
  'deploy/overlays/dev/kustomization.yaml': `namespace: catalogue-dev
resources: [../../base]
images:
- {name: registry.example.com/shop/catalogue, newTag: 1.5.0}
`,
  'deploy/overlays/staging/kustomization.yaml': `# Staging: as production, but smaller.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization

namespace: catalogue-staging
resources:
- ../../base
images:
# CI does not touch this one.
- name: registry.example.com/shop/catalogue
  newTag: "1.4.2"
replicas:
- name: catalogue
  count: 2 # two zones
patches:
- path: environment.yaml
`,
  'deploy/overlays/staging/environment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: catalogue}
spec:
  template:
    spec:
      containers:
      - name: catalogue
        env: [{name: ENVIRONMENT, value: staging}]
`,
  'deploy/overlays/production/kustomization.yaml': `namespace: catalogue-production
resources: [../../base]
images: [{name: registry.example.com/shop/catalogue, newTag: 1.4.1}]
patches:
- patch: |-
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: catalogue}
    spec: {replicas: 6}
`,
  'deploy/overlays/scaled/kustomization.yaml': `namespace: catalogue-scaled
resources: [../../base, autoscaler.yaml]
`,
  'deploy/overlays/scaled/autoscaler.yaml': `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: catalogue}
spec:
  minReplicas: 2
  maxReplicas: 8
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: catalogue}
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]
`,
};

/** The tree, with some files changed or taken away. */
export function catalogueTree(
  change: Partial<Record<keyof typeof FILES, string | undefined>> = {},
): ManifestTree {
  return new Map(
    Object.entries({ ...FILES, ...change }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
}
