import { InputError } from '@backstage/errors';
import type { RepositoryLocation } from './parseLocation';

/** The fields of the scaffolder's form that the parts of a path stand for, by kind of forge. */
const FIELDS: Record<string, string[]> = {
  bitbucketCloud: ['workspace', 'repo'],
  bitbucketServer: ['project', 'repo'],
  azure: ['organization', 'project', 'repo'],
};
const USUAL = ['owner', 'repo'];

/**
 * A repository beside another one, in the scaffolder's form. People write it as they see it in
 * the address of its page, `payments/configuration`, or in the scaffolder's form.
 *
 * @param beside - decides the forge; also the project of Bitbucket Cloud, which the form wants.
 * @throws InputError when the path has too few or too many parts for that kind of forge.
 */
export function repositoryByPath(
  text: string,
  beside: RepositoryLocation,
): string {
  if (text.includes('?')) {
    return text;
  }
  const { host, project, provider } = beside;
  const fields = FIELDS[provider] ?? USUAL;
  const parts = text.split('/');
  // Groups of GitLab are in groups; nowhere else has a path more parts than fields.
  const values =
    provider === 'gitlab'
      ? [parts.slice(0, -1).join('/'), parts.at(-1) ?? '']
      : parts;
  if (values.length !== fields.length || values.includes('')) {
    throw new InputError(
      `${JSON.stringify(
        text.slice(0, 120),
      )} names no repository of ${host}; write it as ${fields.join('/')}`,
    );
  }
  const query = new URLSearchParams(
    fields.map((field, index) => [field, values[index]]),
  );
  if (provider === 'bitbucketCloud' && project) {
    query.set('project', project);
  }
  return `${host}?${query}`;
}
