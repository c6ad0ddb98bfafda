import { stringify } from 'yaml';
import { type Files, labelsOf } from './deployFiles';
import {
  imageOf,
  sampleEnvironments,
  type SampleService,
} from './sampleServices';

/**
 * The chart of a service that is released by Helm, and a values file for each environment.
 * Its templates use plain values only.
 */
export function chartFiles(service: SampleService, tag: string): Files {
  const files: Files = {
    'deploy/chart/Chart.yaml': stringify({
      apiVersion: 'v2',
      name: service.name,
      description: service.description,
      type: 'application',
      version: '0.1.0',
      appVersion: service.version,
    }),
    'deploy/chart/values.yaml': stringify({
      replicas: 1,
      image: { repository: imageOf(service), tag },
      logLevel: 'info',
    }),
    'deploy/chart/templates/deployment.yaml': deployment(service),
    'deploy/chart/templates/service.yaml': stringify({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: service.name, labels: labelsOf(service) },
      spec: {
        selector: { 'app.kubernetes.io/name': service.name },
        ports: [{ name: 'http', port: 80, targetPort: 'http' }],
      },
    }),
  };
  for (const environment of sampleEnvironments) {
    files[valuesPath(environment)] = valuesFile({ environment, tag });
  }
  return files;
}

/** Where the values of an environment are. */
export function valuesPath(environment: string): string {
  return `deploy/values/${environment}.yaml`;
}

function valuesFile(options: { environment: string; tag: string }): string {
  const { environment, tag } = options;
  return `# What ${environment} does differently.
replicas: ${environment === 'production' ? 2 : 1}
image:
  tag: ${tag}
logLevel: ${environment === 'dev' ? 'debug' : 'info'}
`;
}

function deployment(service: SampleService): string {
  const labels = (indent: string) =>
    Object.entries(labelsOf(service))
      .map(([name, value]) => `${indent}${name}: ${value}\n`)
      .join('');
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${service.name}
  labels:
${labels('    ')}spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels:
      app.kubernetes.io/name: ${service.name}
  template:
    metadata:
      labels:
${labels('        ')}    spec:
      containers:
        - name: ${service.name}
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
          ports:
            - name: http
              containerPort: 8080
          env:
            - name: LOG_LEVEL
              value: "{{ .Values.logLevel }}"
          readinessProbe:
            httpGet:
              path: /ready
              port: http
          livenessProbe:
            httpGet:
              path: /health
              port: http
          resources:
            requests:
              cpu: 50m
              memory: 96Mi
            limits:
              memory: 192Mi
`;
}
