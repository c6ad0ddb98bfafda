import type { NameCheckQuery } from '@fairway/plugin-gitops-common';
import { textAt } from './formContext';

/** `ui:options` of the field: how the repository that the name would get is known. */
export interface ServiceNameOptions {
  /** Name of the form's field with a scaffolder repository URL. */
  repoUrlField?: string;
  /** Host of the forge, when the template decides it. */
  host?: string;
  /** Owner or organisation in the forge, when the template decides it. */
  owner?: string;
  /** Name of the form's field with that owner. */
  ownerField?: string;
}

/** The owner that the form or the template names: one in the forge, or an entity ref. */
function ownerFor(
  options: ServiceNameOptions,
  formData: Record<string, unknown>,
): string | undefined {
  return textAt(formData, options.ownerField) ?? options.owner;
}

/**
 * The repository that a service of this name would have, `host?owner=..&repo=..`;
 * undefined while the form does not say where.
 */
export function repoUrlFor(
  name: string,
  options: ServiceNameOptions,
  formData: Record<string, unknown>,
): string | undefined {
  const [fieldHost, fieldQuery] = (
    textAt(formData, options.repoUrlField) ?? ''
  ).split('?');
  const query = new URLSearchParams(fieldQuery);
  const host = fieldHost || options.host;
  const owner =
    query.get('owner') || ownerFor(options, formData)?.replace(/^.*[:/]/, '');
  if (!host || !owner) {
    return undefined;
  }
  query.set('owner', owner);
  query.set('repo', name);
  return `${host}?${query}`;
}

/** What to ask about a name; undefined when there is no name yet. */
export function nameCheckQuery(
  name: string | undefined,
  options: ServiceNameOptions,
  formData: Record<string, unknown>,
): NameCheckQuery | undefined {
  const trimmed = name?.trim();
  return trimmed
    ? {
        name: trimmed,
        repoUrl: repoUrlFor(trimmed, options, formData),
        owner: ownerFor(options, formData),
      }
    : undefined;
}
