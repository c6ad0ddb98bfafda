import {
  imagesOfValues,
  isObject,
  listOf,
  parseManifests,
  splitImage,
  textOf,
  workloadOf,
  type Workload,
  type Yaml,
} from './workloads';

/** Names under which Kustomize looks for its file, in its order. */
export const KUSTOMIZATION_FILES = [
  'kustomization.yaml',
  'kustomization.yml',
  'Kustomization',
];

/** A patch of a kustomization: inline, or in a file. */
export interface Patch {
  path?: string;
  text?: string;
  target?: Yaml;
}

function patchesOf(kustomization: Yaml): Patch[] {
  const merges = listOf(kustomization.patchesStrategicMerge).map(entry => {
    const text = textOf(entry);
    return text.includes('\n') ? { text } : { path: text };
  });
  const others = [
    ...listOf(kustomization.patches),
    ...listOf(kustomization.patchesJson6902),
  ]
    .filter(isObject)
    .map(entry => ({
      path: textOf(entry.path) || undefined,
      text: textOf(entry.patch) || undefined,
      target: isObject(entry.target) ? entry.target : undefined,
    }));
  return [...merges, ...others];
}

function generatorFiles(kustomization: Yaml): string[] {
  return ['configMapGenerator', 'secretGenerator'].flatMap(key =>
    listOf(kustomization[key])
      .filter(isObject)
      .flatMap(generator => [
        ...listOf(generator.files).map(file =>
          textOf(file).replace(/^[^=]*=/, ''),
        ),
        ...listOf(generator.envs).map(textOf),
        textOf(generator.env),
      ]),
  );
}

function chartFiles(kustomization: Yaml): string[] {
  return listOf(kustomization.helmCharts)
    .filter(isObject)
    .flatMap(chart => [
      textOf(chart.valuesFile),
      ...listOf(chart.additionalValuesFiles).map(textOf),
    ]);
}

function texts(kustomization: Yaml, ...keys: string[]): string[] {
  return keys.flatMap(key => listOf(kustomization[key]).map(textOf));
}

/** What a kustomization refers to. Paths are as written; URLs are left out, as they are pinned by the text. */
export function referencesOf(kustomization: Yaml) {
  const local = (path: string) =>
    path !== '' && !/^[\w+.-]+:\/\/|^git@|^github\.com\//.test(path);
  const { openapi } = kustomization;
  return {
    resources: texts(kustomization, 'resources', 'bases').filter(local),
    components: texts(kustomization, 'components').filter(local),
    patches: patchesOf(kustomization),
    /** Files and directories that are neither, and decide what is rendered. */
    others: [
      ...generatorFiles(kustomization),
      ...chartFiles(kustomization),
      ...texts(
        kustomization,
        'crds',
        'configurations',
        'generators',
        'transformers',
        'validators',
      ),
      ...listOf(kustomization.replacements)
        .filter(isObject)
        .map(one => textOf(one.path)),
      isObject(openapi) ? textOf(openapi.path) : '',
    ].filter(path => local(path) && !path.includes('\n')),
    chartImages: listOf(kustomization.helmCharts)
      .filter(isObject)
      .flatMap(chart => imagesOfValues(chart.valuesInline)),
  };
}

function applyOperations(
  workloads: Workload[],
  operations: readonly Yaml[],
  target: Yaml,
) {
  for (const operation of operations) {
    const match =
      /^\/spec\/(?:jobTemplate\/spec\/)?(?:template\/spec\/)?containers\/(\d+)\/image$/.exec(
        textOf(operation.path),
      );
    if (match && operation.op !== 'remove') {
      for (const workload of workloads) {
        const entry = workload.images[Number(match[1])];
        const wanted =
          (!target.kind || target.kind === workload.kind) &&
          (!target.name || target.name === workload.name);
        if (entry && wanted) {
          entry.image = textOf(operation.value);
        }
      }
    }
  }
}

function applyMerge(workloads: Workload[], patch: Workload, target?: Yaml) {
  const kind = target?.kind ?? patch.kind;
  const name = target ? target.name : patch.name;
  for (const workload of workloads) {
    if (workload.kind !== kind || (name && workload.name !== name)) {
      continue;
    }
    if (workload.kind === 'HelmRelease') {
      const patched = patch.images.map(one => splitImage(one.image).name);
      workload.images = [
        ...workload.images.filter(
          one => !patched.includes(splitImage(one.image).name),
        ),
        ...patch.images,
      ];
      continue;
    }
    for (const { container, image } of patch.images) {
      const entry = workload.images.find(one => one.container === container);
      if (entry) {
        entry.image = image;
      } else {
        workload.images.push({ container, image });
      }
    }
  }
}

/** Applies the text of a patch, as far as it changes images. */
export function applyPatch(
  workloads: Workload[],
  text: string,
  target?: Yaml,
): void {
  const trimmed = text.trim();
  if (trimmed.startsWith('-') || trimmed.startsWith('[')) {
    const [list] = parseManifests(`items:\n${indent(trimmed)}`);
    applyOperations(
      workloads,
      listOf(list?.items).filter(isObject),
      target ?? {},
    );
    return;
  }
  for (const object of parseManifests(text)) {
    const patch = workloadOf(object);
    if (patch) {
      applyMerge(workloads, patch, target);
    }
  }
}

/** A document that starts a list may begin with `---`; what follows is the list. */
function indent(text: string): string {
  return text
    .replace(/^---\s*\n/, '')
    .split('\n')
    .map(line => `  ${line}`)
    .join('\n');
}

/** Applies `images:` of a kustomization. Charts' values are no containers, so they stay. */
export function applyImages(workloads: Workload[], kustomization: Yaml): void {
  for (const rule of listOf(kustomization.images).filter(isObject)) {
    for (const entry of workloads.flatMap(workload => workload.images)) {
      const { name, tag, digest } = splitImage(entry.image);
      if (entry.container !== undefined && name === textOf(rule.name)) {
        const newName = textOf(rule.newName) || name;
        const newDigest = textOf(rule.digest);
        const newTag = textOf(rule.newTag);
        if (newDigest) {
          entry.image = `${newName}@${newDigest}`;
        } else if (newTag) {
          entry.image = `${newName}:${newTag}`;
        } else {
          entry.image = `${newName}${tag ? `:${tag}` : ''}${
            digest ? `@${digest}` : ''
          }`;
        }
      }
    }
  }
}
