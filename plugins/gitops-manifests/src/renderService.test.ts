import { rm } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { orders } from './__testUtils__/orders';
import { writeFiles } from './__testUtils__/writeFiles';
import { validateFolder } from './kustomize';
import { parseServiceModel, type ServiceModelInput } from './model';
import { renderRegistration } from './registration';
import { renderWorkload } from './workload';

// Each overlay is a process; a busy machine takes its time.
jest.setTimeout(60_000);

const tree = (input: ServiceModelInput) => {
  const model = parseServiceModel(input);
  return [...renderWorkload(model), ...renderRegistration(model)];
};

const asText = (input: ServiceModelInput) =>
  tree(input)
    .map(file => `# ${file.path}\n${file.content}`)
    .join('\n');

describe('rendering a service', () => {
  const roots: string[] = [];
  afterAll(() => Promise.all(roots.map(root => rm(root, { recursive: true }))));
  const write = async (input: ServiceModelInput) => {
    const root = await writeFiles(tree(input));
    roots.push(root);
    return root;
  };

  it('writes the whole tree for Argo CD', () => {
    expect(asText(orders)).toMatchSnapshot();
  });

  it('writes the whole tree for Flux', () => {
    expect(
      asText({ ...orders, engine: 'flux', runtime: 'go' }),
    ).toMatchSnapshot();
  });

  it('writes the same bytes twice', () => {
    expect(asText(orders)).toBe(asText(structuredClone(orders)));
  });

  it('builds every overlay with kustomize, each in its namespace and with its labels', async () => {
    const root = await write(orders);

    const overlays = await validateFolder(path.join(root, 'deploy'));

    expect(overlays.map(overlay => overlay.name)).toEqual([
      'dev',
      'preview',
      'production',
      'staging',
    ]);
    for (const { name, objects } of overlays) {
      expect(objects.map(object => object.kind).sort()).toEqual([
        'Deployment',
        'Namespace',
        'PodDisruptionBudget',
        'Service',
        'ServiceAccount',
      ]);
      for (const object of objects) {
        expect(object.metadata?.labels).toMatchObject({
          'backstage.io/kubernetes-id': 'orders',
          'fairway.dev/environment': name,
          team: 'payments',
        });
        expect(object.metadata?.namespace ?? object.metadata?.name).toBe(
          `orders-${name}`,
        );
      }
    }
    const production: any = overlays[2].objects.find(
      object => object.kind === 'Deployment',
    );
    expect(production.spec.replicas).toBe(3);
    expect(production.spec.selector.matchLabels).toEqual({
      'app.kubernetes.io/name': 'orders',
    });
    expect(production.spec.template.metadata.labels).toMatchObject({
      'backstage.io/kubernetes-id': 'orders',
      'fairway.dev/environment': 'production',
    });
    const [container] = production.spec.template.spec.containers;
    expect(container.image).toBe(
      'registry.example.com:5000/payments/orders:0.1.0',
    );
    expect(container.env).toEqual([
      { name: 'ENVIRONMENT', value: 'production' },
      { name: 'PORT', value: '8080' },
    ]);
  });

  it('maps each sync policy to what its engine understands', () => {
    const registered = (engine: 'argocd' | 'flux', environment: string) => {
      const file = tree({ ...orders, engine }).find(
        ({ path: name }) => name === `${engine}/orders/${environment}.yaml`,
      );
      return parse(file!.content);
    };

    expect(registered('argocd', 'dev').spec.syncPolicy.automated).toEqual({
      prune: true,
      selfHeal: true,
      allowEmpty: false,
    });
    expect(registered('argocd', 'staging').spec.syncPolicy.automated).toEqual({
      prune: false,
      selfHeal: false,
      allowEmpty: false,
    });
    expect(
      registered('argocd', 'production').spec.syncPolicy,
    ).not.toHaveProperty('automated');
    expect(registered('flux', 'dev').spec).toMatchObject({
      suspend: false,
      prune: true,
    });
    expect(registered('flux', 'staging').spec).toMatchObject({
      suspend: false,
      prune: false,
    });
    expect(registered('flux', 'production').spec).toMatchObject({
      suspend: true,
      prune: false,
    });
  });

  it('uses a project that exists instead of making one', () => {
    const files = renderRegistration(parseServiceModel(orders), {
      argocd: { project: 'default', namespace: 'gitops' },
    });
    expect(files.map(file => file.path)).toEqual([
      'argocd/orders/dev.yaml',
      'argocd/orders/staging.yaml',
      'argocd/orders/production.yaml',
    ]);
    expect(parse(files[0].content)).toMatchObject({
      metadata: { namespace: 'gitops' },
      spec: { project: 'default' },
    });
  });

  it('keeps words that YAML would read as something else', () => {
    // "on", "no" and numbers are good names of teams, and bad values of YAML 1.1.
    for (const team of ['on', 'no', '123', '1e3', 'null']) {
      const file = tree({ ...orders, team }).find(
        ({ path: name }) => name === 'deploy/base/deployment.yaml',
      )!;
      expect(file.content).toContain(`team: "${team}"`);
    }
  });
});
