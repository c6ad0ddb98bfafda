import type { RenderedObject } from '../kustomize';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const HIDDEN = '(hidden)';
const HIDDEN_AND_CHANGED = '(hidden, another value)';

/**
 * An object as it may be shown: a Secret keeps its keys and loses its values, and whatever else
 * repeats them. Other objects stay as they are.
 *
 * @param object - what is to be shown
 * @param before - the same object before a change: a value that is another now says so, because
 * a difference that hides both would hide that there is one
 *
 * @public
 */
export function redactSecret<T extends object>(object: T, before?: object): T {
  const { kind, items } = object as Partial<RenderedObject>;
  if (kind === 'List' && Array.isArray(items)) {
    return { ...object, items: items.map(item => redactSecret(item)) };
  }
  if (kind !== 'Secret') {
    return object;
  }
  const redacted: Record<string, unknown> = Object.fromEntries(
    Object.entries(object),
  );
  for (const field of ['data', 'stringData']) {
    if (redacted[field] !== undefined) {
      redacted[field] = hidden(
        redacted[field],
        (before as Record<string, unknown> | undefined)?.[field],
      );
    }
  }
  const metadata = redacted.metadata as RenderedObject['metadata'];
  if (metadata?.annotations?.[LAST_APPLIED] !== undefined) {
    redacted.metadata = {
      ...metadata,
      annotations: { ...metadata.annotations, [LAST_APPLIED]: HIDDEN },
    };
  }
  return redacted as T;
}

function hidden(values: unknown, before: unknown): unknown {
  if (typeof values !== 'object' || values === null) {
    return HIDDEN;
  }
  const known = (before ?? {}) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      key in known && known[key] !== value ? HIDDEN_AND_CHANGED : HIDDEN,
    ]),
  );
}
