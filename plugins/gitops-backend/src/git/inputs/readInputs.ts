import { resolvePath, type GitTree } from '../GitTree';
import {
  applyImages,
  applyPatch,
  KUSTOMIZATION_FILES,
  referencesOf,
} from './kustomization';
import {
  imagesOfValues,
  isObject,
  readManifests,
  workloadOf,
  type Manifests,
  type Workload,
  type Yaml,
} from './workloads';

/** What decides what an application runs, at one commit. */
export interface RenderedInputs {
  /** Full image references, sorted, each once. */
  images: string[];
  /** Directories and files that were read; the first is the application's own path. */
  paths: string[];
  /** Equal when nothing that is rendered differs. */
  fingerprint: string;
}

const MAX_DEPTH = 30;
const MAX_FILES = 500;
const MANIFEST = /\.(ya?ml|json)$/;

/** Which application's inputs are read. */
export interface InputLocation {
  /** Folder below the root of the repository, with or without `./`. */
  path: string;
  /** Name of its environment; decides which values files of a chart concern it. */
  environment?: string;
}

/** Lays one file of values over another, as Helm does. */
function mergeValues(below: Yaml, above: Yaml): Yaml {
  const merged = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const old = merged[key];
    merged[key] =
      isObject(old) && isObject(value) ? mergeValues(old, value) : value;
  }
  return merged;
}

/** A file that was read. */
interface InputFile extends Manifests {
  text: string;
}

class InputReader {
  readonly #tree: GitTree;
  readonly #environment?: string;
  readonly #ids = new Map<string, string>();
  readonly #directories = new Set<string>();

  constructor(tree: GitTree, environment?: string) {
    this.#tree = tree;
    this.#environment = environment;
  }

  async read(path: string): Promise<RenderedInputs | undefined> {
    const workloads: Workload[] = [];
    if (!(await this.#accumulate(path, { into: workloads, depth: 0 }))) {
      return undefined;
    }
    return {
      images: [
        ...new Set(
          workloads.flatMap(one => one.images.map(({ image }) => image)),
        ),
      ].sort(),
      paths: [...new Set([path, ...this.#directories, ...this.#ids.keys()])],
      fingerprint: [...this.#ids]
        .map(([input, id]) => `${input}\0${id}`)
        .sort()
        .join('\n'),
    };
  }

  /** Adds what a directory or a file renders; false when it does not exist. */
  async #accumulate(
    path: string,
    context: { into: Workload[]; depth: number },
  ): Promise<boolean> {
    const entry = await this.#tree.find(path);
    if (!entry || context.depth > MAX_DEPTH) {
      return false;
    }
    if (entry.kind === 'file') {
      context.into.push(...(await this.#fileWorkloads(path)));
      return true;
    }
    const names = (await this.#tree.list(path)).map(one => one.name);
    const file = KUSTOMIZATION_FILES.find(name => names.includes(name));
    if (file) {
      await this.#kustomize(path, file, context);
    } else if (names.includes('Chart.yaml')) {
      await this.#chart(path, context.into);
    } else {
      await this.#directory(path, context.into);
    }
    return true;
  }

  async #kustomize(
    path: string,
    file: string,
    context: { into: Workload[]; depth: number },
  ): Promise<void> {
    this.#directories.add(path);
    const read = await this.#file(resolvePath(path, file)!);
    const [kustomization = {}]: Yaml[] = read?.objects ?? [];
    const references = referencesOf(kustomization);
    const isComponent = kustomization.kind === 'Component';
    const workloads: Workload[] = isComponent ? context.into : [];
    const depth = context.depth + 1;
    const local = (reference: string) => resolvePath(path, reference);
    const groups = await Promise.all(
      references.resources.map(async reference => {
        const into: Workload[] = [];
        const resolved = local(reference);
        if (resolved !== undefined) {
          await this.#accumulate(resolved, { into, depth });
        }
        return into;
      }),
    );
    workloads.push(...groups.flat());
    for (const reference of references.components) {
      const resolved = local(reference);
      if (resolved !== undefined) {
        await this.#accumulate(resolved, { into: workloads, depth });
      }
    }
    for (const patch of references.patches) {
      const resolved = patch.path ? local(patch.path) : undefined;
      const content =
        patch.text ??
        (resolved ? (await this.#file(resolved))?.text : undefined);
      applyPatch(workloads, content ?? '', patch.target);
    }
    await Promise.all(
      references.others.map(async reference => {
        const resolved = local(reference);
        const entry =
          resolved === undefined ? undefined : await this.#tree.find(resolved);
        if (resolved !== undefined && entry) {
          this.#ids.set(resolved, entry.id);
        }
      }),
    );
    applyImages(workloads, kustomization);
    if (references.chartImages.length > 0) {
      workloads.push({
        kind: 'HelmChart',
        name: '',
        images: references.chartImages.map(image => ({ image })),
      });
    }
    if (!isComponent) {
      context.into.push(...workloads);
    }
  }

  /** A chart in the repository: all of it is rendered, its images are in its values. */
  async #chart(path: string, into: Workload[]): Promise<void> {
    this.#directories.add(path);
    const entry = await this.#tree.find(path);
    this.#ids.set(path, entry!.id);
    const files = [
      resolvePath(path, 'values.yaml')!,
      ...(await this.#valuesFiles(path)),
    ];
    const read = await Promise.all(files.map(file => this.#file(file)));
    const values = read.map(file => file?.objects[0] ?? {}).reduce(mergeValues);
    into.push({
      kind: 'HelmChart',
      name: '',
      images: imagesOfValues(values).map(image => ({ image })),
    });
  }

  /**
   * The files of values that are named after the environment, in the chart or beside it. Which ones
   * an application uses is said where it is registered, which its observation does not repeat.
   */
  async #valuesFiles(chart: string): Promise<string[]> {
    const environment = this.#environment;
    if (!environment) {
      return [];
    }
    const parent = resolvePath(chart, '..') ?? '';
    const folders = [
      chart,
      parent,
      ...['values', environment].flatMap(name => [
        resolvePath(chart, name)!,
        resolvePath(parent, name)!,
      ]),
    ];
    const found = await Promise.all(
      folders.map(async folder =>
        (
          await this.#tree.list(folder)
        )
          .filter(({ name, kind }) => {
            const stem = name.replace(/\.ya?ml$/, '');
            const own = folder.split('/').pop() === environment;
            return (
              kind === 'file' &&
              stem !== name &&
              (stem === environment ||
                stem === `values-${environment}` ||
                stem === `values.${environment}` ||
                (own && stem === 'values'))
            );
          })
          .map(({ name }) => resolvePath(folder, name)!),
      ),
    );
    return [...new Set(found.flat())];
  }

  /** Plain manifests; whatever is below counts, as Flux and recursive Argo CD applications read it. */
  async #directory(path: string, into: Workload[]): Promise<void> {
    this.#directories.add(path);
    const entries = await this.#tree.list(path);
    const below = (name: string) => resolvePath(path, name)!;
    const groups = await Promise.all(
      entries.slice(0, MAX_FILES).map(async ({ name, kind }) => {
        const found: Workload[] = [];
        if (kind === 'file' && MANIFEST.test(name)) {
          found.push(...(await this.#fileWorkloads(below(name))));
        } else if (kind === 'directory' && path !== '') {
          await this.#directory(below(name), found);
        }
        return found;
      }),
    );
    into.push(...groups.flat());
  }

  async #fileWorkloads(path: string): Promise<Workload[]> {
    const file = await this.#file(path);
    return (file?.objects ?? []).flatMap(object => {
      const workload = workloadOf(object);
      return workload ? [workload] : [];
    });
  }

  async #file(path: string): Promise<InputFile | undefined> {
    const entry = await this.#tree.find(path);
    if (entry?.kind !== 'file') {
      return undefined;
    }
    const text = (await this.#tree.read(path)) ?? '';
    const manifests = readManifests(text);
    // Comments are not rendered.
    this.#ids.set(path, manifests.content ?? entry.id);
    return { ...manifests, text };
  }
}

/**
 * What an application's path renders from, at one commit, and the images it runs; `undefined` when
 * the path does not exist there.
 *
 * @remarks
 * This is no renderer. It follows a kustomization through its resources, bases and components to
 * the containers and the values of Helm releases, and applies the patches and `images:` that change
 * images. Two commits with the same fingerprint render the same, remote bases aside.
 *
 */
export function readInputs(
  tree: GitTree,
  { path, environment }: InputLocation,
): Promise<RenderedInputs | undefined> {
  return new InputReader(tree, environment).read(resolvePath('', path) ?? '');
}
