import path from 'node:path';

/** What the model packages have in common. */
export interface ModelClass {
  new (data: object): { validate(): void };
}

type NativeRequire = NodeJS.Require;

// The model packages are ES modules that offer no way for `require` to find them by name. Node's
// own require loads an ES module by its path, synchronously, and so does not make every caller
// asynchronous. It comes from the process, because test runners replace `node:module`.
const nativeRequire: NativeRequire = process
  .getBuiltinModule('node:module')
  .createRequire(__filename);

const PACKAGES = [
  'kubernetes-models',
  '@kubernetes-models/argo-cd',
  '@kubernetes-models/flux-cd',
  '@kubernetes-models/argo-rollouts',
  '@kubernetes-models/external-secrets',
  '@kubernetes-models/gateway-api',
  '@kubernetes-models/kyverno',
  '@kubernetes-models/prometheus-operator',
];

const cache = new Map<string, ModelClass | undefined>();

/**
 * The model of a kind, with the JSON schema that its project publishes; undefined for kinds
 * that none of the model packages knows.
 */
export function loadModel(
  apiVersion: string,
  kind: string,
): ModelClass | undefined {
  const key = `${apiVersion}/${kind}`;
  // Both come from files: neither may lead out of the packages.
  if (!/^[a-z0-9.-]+(\/[a-z0-9]+)?\/[A-Za-z0-9]+$/.test(key)) {
    return undefined;
  }
  if (key.includes('..')) {
    return undefined;
  }
  if (!cache.has(key)) {
    cache.set(key, findModel(apiVersion, kind));
  }
  return cache.get(key);
}

function findModel(apiVersion: string, kind: string): ModelClass | undefined {
  for (const name of PACKAGES) {
    const root = path.dirname(nativeRequire.resolve(`${name}/package.json`));
    try {
      const file = path.join(root, ...apiVersion.split('/'), `${kind}.js`);
      const found = nativeRequire(file)[kind];
      // Parts of objects have classes, too; only objects have an apiVersion.
      return found?.apiVersion === apiVersion ? found : undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') {
        throw error;
      }
    }
  }
  return undefined;
}
