const HEADERS = { authorization: 'Bearer playground-token' };

/** Where the kinds that the benchmarks touch live. */
const PLURALS = {
  Application: 'applications',
  AppProject: 'appprojects',
  GitRepository: 'gitrepositories',
  HelmRelease: 'helmreleases',
  Kustomization: 'kustomizations',
};

/** A plain client of the Kubernetes API, without any of Fairway's code. */
export function kubernetesClient(url) {
  const call = async (path, options = {}) => {
    const response = await fetch(`${url}${path}`, {
      ...options,
      headers: { ...HEADERS, ...options.headers },
    });
    if (!response.ok) {
      throw new Error(
        `${options.method ?? 'GET'} ${path}: ${
          response.status
        } ${await response.text()}`,
      );
    }
    return response;
  };
  return {
    /** The object, or all of a kind. */
    get: async path => (await call(path)).json(),
    mergePatch: async (path, patch) =>
      (
        await call(path, {
          method: 'PATCH',
          headers: { 'content-type': 'application/merge-patch+json' },
          body: JSON.stringify(patch),
        })
      ).json(),
    /** `kubectl apply --server-side`. */
    apply: async object => {
      const path = `${collectionPath(object)}/${object.metadata.name}`;
      await call(`${path}?fieldManager=benchmark&force=true`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/apply-patch+yaml' },
        body: JSON.stringify(object),
      });
      return path;
    },
    /** Events of a collection as they arrive, each with the time; until `stop` is called. */
    watch: async (path, onEvent) => {
      const { metadata } = await (await call(path)).json();
      const controller = new AbortController();
      const response = await call(
        `${path}?watch=1&resourceVersion=${metadata.resourceVersion}`,
        { signal: controller.signal },
      );
      const done = readEvents(response, onEvent).catch(error => {
        if (!controller.signal.aborted) {
          throw error;
        }
      });
      return {
        stop: () => {
          controller.abort();
          return done;
        },
      };
    },
  };
}

/** The path of the collection to which an object belongs. */
export function collectionPath({ apiVersion, kind, metadata }) {
  const plural = PLURALS[kind];
  if (!plural) {
    throw new Error(`The benchmarks do not know the kind ${kind}`);
  }
  return `/apis/${apiVersion}/namespaces/${metadata.namespace}/${plural}`;
}

async function readEvents(response, onEvent) {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of response.body) {
    const at = Date.now();
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop();
    for (const line of lines.filter(Boolean)) {
      onEvent({ at, ...JSON.parse(line) });
    }
  }
}
