import { stringify } from 'yaml';
import { type Files, labelsOf } from './deployFiles';
import {
  imageOf,
  sampleEnvironments,
  type SampleService,
} from './sampleServices';

/**
 * The chart of a service that is released by Helm, and a values file for each environment.
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
      replicaCount: 1,
      image: { repository: imageOf(service), tag },
      service: { port: 8080 },
      env: { LOG_LEVEL: 'info' },
    }),
    'deploy/chart/templates/serviceaccount.yaml': `apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}
  labels:
${labelLines(service, '    ')}`,
    'deploy/chart/templates/service.yaml': serviceTemplate(service),
    'deploy/chart/templates/deployment.yaml': deploymentTemplate(service),
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
replicaCount: ${environment === 'production' ? 2 : 1}
image:
  tag: ${tag}
env:
  LOG_LEVEL: ${environment === 'dev' ? 'debug' : 'info'}
`;
}

function labelLines(service: SampleService, indent: string): string {
  return Object.entries(labelsOf(service))
    .map(([name, value]) => `${indent}${name}: ${value}\n`)
    .join('');
}

function serviceTemplate(service: SampleService): string {
  return `apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
  labels:
${labelLines(service, '    ')}spec:
  selector:
    app.kubernetes.io/name: {{ .Release.Name }}
  ports:
    - name: http
      port: {{ .Values.service.port }}
      targetPort: http
`;
}

function deploymentTemplate(service: SampleService): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  labels:
${labelLines(service, '    ')}spec:
  replicas: {{ .Values.replicaCount }}
  selector:
    matchLabels:
      app.kubernetes.io/name: {{ .Release.Name }}
  template:
    metadata:
      labels:
${labelLines(service, '        ')}    spec:
      serviceAccountName: {{ .Release.Name }}
      containers:
        - name: ${service.name}
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
          ports:
            - name: http
              containerPort: {{ .Values.service.port }}
          env:
            {{- range $name, $value := .Values.env }}
            - name: {{ $name }}
              value: {{ $value | quote }}
            {{- end }}
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
