import type { KubernetesObject } from '../../GitopsObserver';

/** Runs `visit` with each value of the object's metadata, spec and status, and what holds it. */
export function walk(
  object: KubernetesObject,
  visit: (place: {
    holder: Record<string | number, unknown>;
    key: string | number;
    path: string;
  }) => void,
): void {
  const into = (
    holder: Record<string | number, unknown>,
    key: string | number,
    path: string,
  ) => {
    visit({ holder, key, path });
    const value = holder[key];
    if (Array.isArray(value)) {
      value.forEach((_, index) =>
        into(
          value as unknown as Record<number, unknown>,
          index,
          `${path}.${index}`,
        ),
      );
    } else if (typeof value === 'object' && value !== null) {
      Object.keys(value).forEach(name =>
        into(value as Record<string, unknown>, name, `${path}.${name}`),
      );
    }
  };
  // Reports have their results at the root; what names the object itself is certain.
  for (const key of Object.keys(object)) {
    if (!['apiVersion', 'kind', 'metadata'].includes(key)) {
      into(object, key, key);
    }
  }
  for (const key of Object.keys(object.metadata)) {
    if (key !== 'name') {
      into(object.metadata, key, `metadata.${key}`);
    }
  }
}
