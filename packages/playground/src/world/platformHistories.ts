import { stringify } from 'yaml';
import { catalogFiles } from './catalogFiles';
import { History } from './History';
import { peopleOf } from './people';
import {
  observabilityFiles,
  projectFiles,
  registrationFiles,
} from './registrationFiles';
import { sampleServices } from './sampleServices';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Place {
  /** Base URL of the forge. */
  url: string;
  now: number;
}

/** The registration repository: every service was registered by a commit of its own. */
export function gitopsHistory({ url, now }: Place): History {
  const history = new History();
  const [noor, tom] = peopleOf('platform');
  const start = Math.floor(now / DAY) * DAY - 90 * DAY + 8 * HOUR;
  history.commit({
    message: 'feat: projects of the teams',
    author: noor,
    at: start,
    files: {
      'README.md':
        '# What runs where\n\n`argocd/` is read by a root Application, `flux/` by a root Kustomization. Golden paths add a folder for each service; what only adds or changes files is merged by a bot.\n',
      'flux/.gitkeep': '',
      ...projectFiles(url),
    },
  });
  sampleServices
    .filter(service => service.engine !== 'none')
    .forEach((service, index) => {
      history.commit({
        message: `feat(${service.team}): register ${service.name}`,
        author: index % 2 ? tom : noor,
        at: start + 2 * HOUR + index * 25 * 60_000,
        files: registrationFiles(service, url),
      });
    });
  history.commit({
    message: 'feat(platform): deploy Grafana',
    author: tom,
    at: start + 30 * DAY,
    files: observabilityFiles(url),
  });
  return history;
}

/** The catalog's repository. */
export function catalogHistory({ url, now }: Place): History {
  const history = new History();
  const [, tom] = peopleOf('platform');
  const at = Math.floor(now / DAY) * DAY - 90 * DAY + 7 * HOUR;
  const message = 'feat: teams, people and services';
  history.commit({ message, author: tom, at, files: catalogFiles(url) });
  return history;
}

/** A repository of the platform team that belongs to no component: Grafana. */
export function observabilityHistory({ now }: Place): History {
  const history = new History();
  const [noor, tom] = peopleOf('platform');
  const start = Math.floor(now / DAY) * DAY - 60 * DAY + 9 * HOUR;
  const versions = ['11.6.0', '11.6.2', '12.0.1', '12.1.0'];
  versions.forEach((version, index) => {
    history.commit({
      message: index
        ? `chore: Grafana ${version}`
        : 'feat: Grafana for everybody',
      author: index % 2 ? tom : noor,
      at: start + index * 17 * DAY + index * HOUR,
      files: index
        ? { 'grafana/kustomization.yaml': grafana(version) }
        : grafanaFiles(version),
    });
  });
  return history;
}

function grafana(version: string): string {
  return stringify({
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    namespace: 'observability',
    resources: ['deployment.yaml', 'service.yaml'],
    images: [{ name: 'registry.example.com/mirror/grafana', newTag: version }],
  });
}

function grafanaFiles(version: string) {
  const labels = { 'app.kubernetes.io/name': 'grafana' };
  const container = {
    name: 'grafana',
    image: 'registry.example.com/mirror/grafana',
    ports: [{ name: 'http', containerPort: 3000 }],
    readinessProbe: { httpGet: { path: '/api/health', port: 'http' } },
    resources: {
      requests: { cpu: '100m', memory: '256Mi' },
      limits: { memory: '512Mi' },
    },
  };
  return {
    'README.md': '# Observability\n\nGrafana for all teams.\n',
    'grafana/kustomization.yaml': grafana(version),
    'grafana/deployment.yaml': stringify({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'grafana', labels },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
    }),
    'grafana/service.yaml': stringify({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'grafana', labels },
      spec: {
        selector: labels,
        ports: [{ name: 'http', port: 80, targetPort: 'http' }],
      },
    }),
  };
}
