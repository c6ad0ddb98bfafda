import { z } from 'zod';

/**
 * What a service may be called. Its name becomes a repository, a label value, and, with an
 * environment behind it, a namespace: the strictest of these rules, with room for the rest.
 *
 * @public
 */
export const SERVICE_NAME_PATTERN = '^[a-z]([-a-z0-9]*[a-z0-9])?$';

/** Longest name of a service: namespaces have 63 characters, environments take up to 22. @public */
export const SERVICE_NAME_MAX_LENGTH = 40;

const CONTROL_CHARACTERS = /[\p{Cc}\p{Zl}\p{Zp}]/u;
// A placeholder of a template engine in a value would be filled in by whoever reads the file.
const TEMPLATE_MARKS = /\{\{|\}\}|\$\{|\{%/;

/** Text that a person wrote, on one line. */
export const oneLine = (maxLength: number) =>
  z
    .string()
    .max(maxLength, `at most ${maxLength} characters`)
    .refine(text => !CONTROL_CHARACTERS.test(text), 'one line of plain text')
    .refine(
      text => !TEMPLATE_MARKS.test(text),
      'no template marks such as "{{" or "${"',
    );

export const serviceName = z
  .string()
  .max(
    SERVICE_NAME_MAX_LENGTH,
    `at most ${SERVICE_NAME_MAX_LENGTH} characters, so that a namespace can carry it`,
  )
  .regex(
    new RegExp(SERVICE_NAME_PATTERN),
    'lower-case letters, digits and dashes, starting with a letter and not ending with a dash',
  );

/** A DNS label: namespaces, environments, names of most objects. */
export const dnsLabel = (maxLength = 63) =>
  z
    .string()
    .max(maxLength, `at most ${maxLength} characters`)
    .regex(
      /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
      'lower-case letters, digits and dashes, starting and ending with a letter or a digit',
    );

/** Rule of Kubernetes for the value of a label. */
export const labelValue = z
  .string()
  .max(63, 'at most 63 characters, as Kubernetes allows for a label')
  .regex(
    /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/,
    'letters, digits, dashes, dots and underscores, as Kubernetes allows for a label',
  );

/** A branch, tag or commit; the part of `git check-ref-format` that matters here. */
export const gitRevision = z
  .string()
  .max(200)
  .regex(
    /^[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9_-])?$/,
    'a branch, tag or commit of letters, digits, dots, dashes, underscores and slashes',
  )
  .refine(
    name => !/\.\.|\/\/|\.lock(\/|$)|\/\./.test(name),
    'a branch, tag or commit as git allows it',
  );

/** A folder inside a repository, without a leading `./`. */
export const repositoryFolder = z
  .string()
  .max(200)
  .regex(
    /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/,
    'a folder inside the repository, for example "deploy": no leading slash, no ".."',
  );

/** Where an image lives, without tag and digest; the grammar of the distribution project. */
export const imageRepository = z
  .string()
  .max(255, 'at most 255 characters')
  .regex(
    /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?\/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/,
    'an image without tag and digest, in lower case, for example "registry.example.com/payments/orders"',
  );

export const imageTag = z
  .string()
  .regex(
    /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/,
    'a tag of at most 128 letters, digits, dots, dashes and underscores',
  );

/** A clone URL. Credentials in it would be written to Git. */
export const cloneUrl = z.string().max(500).refine(isCloneUrl, {
  message:
    'a clone URL that starts with https://, http:// or ssh://, without password, query or spaces',
});

function isCloneUrl(text: string): boolean {
  if (/[\s"'`<>\\{}$]/.test(text) || CONTROL_CHARACTERS.test(text)) {
    return false;
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return (
    url !== undefined &&
    ['https:', 'http:', 'ssh:'].includes(url.protocol) &&
    url.password === '' &&
    (url.username === '' || url.protocol === 'ssh:') &&
    url.search === '' &&
    url.hash === '' &&
    url.pathname.length > 1 &&
    !text.includes('..')
  );
}
