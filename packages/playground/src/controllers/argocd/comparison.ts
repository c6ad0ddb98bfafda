import { KubernetesObject } from '../../types';
import { ControllerContext } from '../ControllerContext';
import { resolveRevision } from '../git';
import { assessHealth } from '../health';
import { differs } from '../objects/differs';
import { isClusterScoped, keyOf, resourceId } from '../objects/kinds';
import { messageOf } from '../Reconciler';
import { RenderError, Rendered, RenderRequest } from '../rendering';
import {
  hookType,
  instanceName,
  syncWave,
  TRACKING_ID,
  trackingId,
} from './annotations';
import { ManagedResources } from './ManagedResources';
import { projectOf, projectViolations } from './project';
import { ApplicationSource, Comparison, ManagedResource } from './types';

export interface CompareOptions {
  application: KubernetesObject;
  managed: ManagedResources;
  source: ApplicationSource;
  /** A branch, tag or commit; the source's own when absent. */
  revision?: string;
  /** Render again even when nothing changed. */
  fresh?: boolean;
}

/**
 * Compares what the source says with what is in the cluster. Never throws for what is wrong
 * with the application: that is in `errors`, in Argo CD's words.
 */
export async function compare(
  context: ControllerContext,
  options: CompareOptions,
): Promise<Comparison> {
  const { application, source } = options;
  const base = { source, resources: [], hooks: [], errors: [] };
  const invalid = specErrors(context, application, source);
  if (invalid.length > 0) {
    return {
      ...base,
      errors: invalid.map(message => ({ type: 'InvalidSpecError', message })),
    };
  }
  try {
    const gitDirectory = context.forge.gitDirectory(source.repoURL!)!;
    const reference = options.revision || source.targetRevision || 'HEAD';
    const revision = await resolveRevision(gitDirectory, reference);
    const rendered = await context.renderer.render(
      renderRequest({ gitDirectory, revision, source }),
      { fresh: options.fresh },
    );
    return compareObjects(context, { ...options, revision, rendered });
  } catch (error) {
    return {
      ...base,
      ...(error instanceof RenderError && { sourceType: error.sourceType }),
      resources: liveOnly(context, options),
      errors: [
        { type: 'ComparisonError', message: loadFailure(error, source) },
      ],
    };
  }
}

function specErrors(
  { cluster, forge }: ControllerContext,
  application: KubernetesObject,
  source: ApplicationSource,
): string[] {
  if (!source.repoURL || (!source.path && !source.chart)) {
    return [
      'spec.source.repoURL and either spec.source.path, spec.source.chart, or spec.source.ref are required',
    ];
  }
  if (source.chart) {
    return ['the playground renders Git sources only, not Helm charts'];
  }
  const project = projectOf(cluster, application);
  if (!project) {
    return [
      `Application referencing project ${application.spec.project} which does not exist`,
    ];
  }
  const violations = projectViolations(project, application, source);
  if (violations.length === 0 && !forge.gitDirectory(source.repoURL)) {
    return [
      `repository not accessible: repositories not accessible: &Repository{repo: "${source.repoURL}", type: "", project: ""}: repo client error while testing repository: rpc error: code = Unknown desc = error testing repository connectivity: authentication required: Repository not found.`,
    ];
  }
  return violations;
}

function loadFailure(error: unknown, source: ApplicationSource): string {
  const prefix =
    'Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = ';
  if (error instanceof RenderError && error.step === 'build') {
    return error.sourceType === 'Kustomize'
      ? `${prefix}Manifest generation error (cached): \`kustomize build <path to cached source>/${source.path}\` failed exit status 1: ${error.message}`
      : `${prefix}Manifest generation error (cached): ${error.message}`;
  }
  return prefix + messageOf(error);
}

/** Labels that Argo CD adds: to selectors and templates too, unless it is told not to. */
function labelFields(
  kustomize: NonNullable<ApplicationSource['kustomize']>,
): Record<string, unknown> {
  const { commonLabels, labelWithoutSelector } = kustomize;
  if (!commonLabels) {
    return {};
  }
  return labelWithoutSelector
    ? { labels: [{ pairs: commonLabels }] }
    : { commonLabels };
}

/** `source.kustomize` as fields of a kustomization. */
function renderRequest(options: {
  gitDirectory: string;
  revision: string;
  source: ApplicationSource;
}): RenderRequest {
  const { gitDirectory, revision, source } = options;
  const {
    images,
    version,
    commonLabels,
    labelWithoutSelector,
    labelIncludeTemplates,
    ...fields
  } = source.kustomize ?? {};
  const overlay = {
    ...fields,
    ...labelFields({ commonLabels, labelWithoutSelector }),
    ...(images?.length && { images: images.map(imageOverride) }),
  };
  return {
    gitDirectory,
    revision,
    path: source.path!,
    recurse: source.directory?.recurse,
    ...(Object.keys(overlay).length > 0 && { overlay }),
  };
}

/** `[name=]image[:tag|@digest]`, Argo CD's way to write an image override. */
function imageOverride(text: string): Record<string, string> {
  const [first, second] = text.split('=');
  const image = second ?? first;
  const [withoutDigest, digest] = image.split('@');
  const [newName, newTag] = withoutDigest.split(/:(?!.*\/)/);
  return {
    name: second ? first : newName,
    newName,
    ...(digest ? { digest } : newTag && { newTag }),
  };
}

function compareObjects(
  context: ControllerContext,
  options: CompareOptions & { revision: string; rendered: Rendered },
): Comparison {
  const { application, rendered } = options;
  const instance = instanceName(application);
  const { namespace } = application.spec.destination ?? {};
  const targets = rendered.objects.map(object =>
    toTarget(object, { instance, namespace }),
  );
  const resources = new Map<string, ManagedResource>();
  for (const target of targets.filter(object => !hookType(object))) {
    const key = keyOf(target);
    const live = liveObject(context, key);
    const synced = live && !differs(target, live);
    resources.set(resourceId(key), {
      key,
      target,
      live,
      status: synced ? 'Synced' : 'OutOfSync',
      health: live ? assessHealth(live) : { status: 'Missing' },
      requiresPruning: false,
      wave: syncWave(target),
    });
  }
  for (const extra of liveOnly(context, options)) {
    const id = resourceId(extra.key);
    const isHook = extra.live && hookType(extra.live);
    if (!resources.has(id) && !isHook) {
      resources.set(id, {
        ...extra,
        status: 'OutOfSync',
        requiresPruning: true,
      });
    }
  }
  return {
    source: options.source,
    revision: options.revision,
    sourceType: rendered.sourceType,
    resources: [...resources.entries()]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([, resource]) => resource),
    hooks: targets.filter(object => hookType(object)),
    errors: [],
  };
}

function toTarget(
  object: KubernetesObject,
  options: { instance: string; namespace?: string },
): KubernetesObject {
  const { namespace: _, ...metadata } = object.metadata;
  const namespace = isClusterScoped(object)
    ? undefined
    : object.metadata.namespace ?? options.namespace ?? 'default';
  const target: KubernetesObject = {
    ...object,
    metadata: { ...metadata, ...(namespace && { namespace }) },
  };
  target.metadata.annotations = {
    ...metadata.annotations,
    [TRACKING_ID]: trackingId(options.instance, keyOf(target)),
  };
  return target;
}

function liveObject(
  { cluster }: ControllerContext,
  key: ManagedResource['key'],
): KubernetesObject | undefined {
  try {
    return cluster.get(key);
  } catch {
    // A kind that the cluster does not serve: missing, until its definition is there.
    return undefined;
  }
}

function liveOnly(
  context: ControllerContext,
  { application, managed }: CompareOptions,
): ManagedResource[] {
  return managed.of(instanceName(application)).flatMap(key => {
    const live = liveObject(context, key);
    return live
      ? [
          {
            key,
            live,
            status: 'Unknown' as const,
            health: assessHealth(live),
            requiresPruning: false,
            wave: syncWave(live),
          },
        ]
      : [];
  });
}
