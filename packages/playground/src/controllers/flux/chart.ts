import { parseAllDocuments } from 'yaml';
import { InputError } from '@backstage/errors';
import { KubernetesObject } from '../../types';
import { DEPLOYMENT, SERVICE } from '../objects/kinds';

/** The values that the chart's stand-in knows. */
export interface ChartValues {
  image?: { repository?: string; tag?: string };
  replicaCount?: number;
  service?: { port?: number };
  env?: Record<string, string> | Array<{ name: string; value?: string }>;
}

export interface Chart {
  name: string;
  version: string;
  appVersion?: string;
}

export type Values = Record<string, unknown>;

/** A chart as it is in a repository at a commit. */
export interface ChartContent {
  chart: Chart;
  /** The chart's values, or those of the files that were named, one over the other. */
  values: Values;
  /** The text of each file under `templates/`. */
  templates: string[];
}

/** Values over values, as Helm merges them: maps deeply, everything else as a whole. */
export function mergeValues(under: Values, over: Values): Values {
  const merged = { ...under };
  for (const [name, value] of Object.entries(over)) {
    const before = merged[name];
    merged[name] =
      isMap(before) && isMap(value) ? mergeValues(before, value) : value;
  }
  return merged;
}

function isMap(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface Release {
  content: ChartContent;
  values: Values;
  releaseName: string;
  namespace: string;
}

/**
 * STAND-IN: there is no Helm here. Templates that only insert values (`{{ .Values.a.b }}`,
 * `.Release.Name`, `.Chart.Version`, ...) are rendered. A chart whose templates do more is
 * not understood; a release of it is a Deployment, a Service and a ServiceAccount made from
 * the usual values (`image`, `replicaCount`, `service.port`, `env`).
 */
export function renderChart(release: Release): KubernetesObject[] {
  const { templates } = release.content;
  const objects =
    templates.length > 0 && templates.every(isPlain)
      ? templates.flatMap(template => renderTemplate(template, release))
      : usualObjects(release);
  return objects.map(object => ({
    ...object,
    metadata: {
      ...object.metadata,
      namespace: object.metadata.namespace ?? release.namespace,
      labels: {
        ...object.metadata.labels,
        'app.kubernetes.io/managed-by': 'Helm',
      },
      annotations: {
        ...object.metadata.annotations,
        'meta.helm.sh/release-name': release.releaseName,
        'meta.helm.sh/release-namespace': release.namespace,
      },
    },
  }));
}

const EXPRESSION = /\{\{-?\s*(.*?)\s*-?\}\}/g;
const PLAIN = /^\.(Values|Release|Chart)(\.\w+)+( \| quote)?$/;

function isPlain(template: string): boolean {
  return [...template.matchAll(EXPRESSION)].every(([, expression]) =>
    PLAIN.test(expression),
  );
}

function renderTemplate(
  template: string,
  { content, values, releaseName, namespace }: Release,
): KubernetesObject[] {
  const { chart } = content;
  const scope: Values = {
    Values: values,
    Release: { Name: releaseName, Namespace: namespace, Service: 'Helm' },
    Chart: {
      Name: chart.name,
      Version: chart.version,
      AppVersion: chart.appVersion,
    },
  };
  const text = template.replace(EXPRESSION, (_, expression: string) => {
    const [reference, quote] = expression.split(' | ');
    const value = reference
      .slice(1)
      .split('.')
      .reduce<unknown>(
        (found, name) => (isMap(found) ? found[name] : undefined),
        scope,
      );
    const plain = String(value ?? '');
    return quote ? JSON.stringify(plain) : plain;
  });
  return parseAllDocuments(text).flatMap(document => {
    if (document.errors.length > 0) {
      throw new InputError(`YAML parse error: ${document.errors[0].message}`);
    }
    return (document.toJS() as KubernetesObject | null) ?? [];
  });
}

function usualObjects(release: Release): KubernetesObject[] {
  const { releaseName: name } = release;
  const { chart } = release.content;
  const values = release.values as ChartValues;
  const selector = {
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/instance': name,
  };
  const labels = {
    ...selector,
    'helm.sh/chart': `${chart.name}-${chart.version}`,
  };
  const metadata = { name, labels };
  const port = values.service?.port ?? 8080;
  const { repository = chart.name, tag = chart.appVersion ?? 'latest' } =
    values.image ?? {};
  const container = {
    name: chart.name,
    image: `${repository}:${tag}`,
    ports: [{ name: 'http', containerPort: port }],
    env: environment(values.env),
  };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      ...SERVICE,
      metadata,
      spec: { selector, ports: [{ name: 'http', port, targetPort: 'http' }] },
    },
    {
      ...DEPLOYMENT,
      metadata,
      spec: {
        replicas: values.replicaCount ?? 1,
        selector: { matchLabels: selector },
        template: {
          metadata: { labels },
          spec: { serviceAccountName: name, containers: [container] },
        },
      },
    },
  ];
}

function environment(
  env: ChartValues['env'],
): Array<{ name: string; value?: string }> {
  return Array.isArray(env)
    ? env
    : Object.entries(env ?? {}).map(([name, value]) => ({
        name,
        value: String(value),
      }));
}
