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

/** A host name, for example `orders.example.com`; no wildcard, no port. @public */
export const HOST_PATTERN =
  '^(?=.{1,253}$)[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)+$';

export const hostName = z
  .string()
  .regex(
    new RegExp(HOST_PATTERN),
    'a host name in lower case with at least one dot, for example "orders.example.com"; no wildcard, port or path',
  );

/** A name of most objects of Kubernetes: DNS labels with dots between them. @public */
export const OBJECT_NAME_PATTERN =
  '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$';

export const objectName = z
  .string()
  .max(253, 'at most 253 characters')
  .regex(
    new RegExp(OBJECT_NAME_PATTERN),
    'lower-case letters, digits, dashes and dots, as Kubernetes names objects',
  );

/** The path of a URL. @public */
export const URL_PATH_PATTERN = '^/[A-Za-z0-9._~/-]*$';

export const urlPath = z
  .string()
  .max(200, 'at most 200 characters')
  .regex(
    new RegExp(URL_PATH_PATTERN),
    'a path that starts with a slash, of letters, digits and the characters . _ ~ - /',
  );

export const imageDigest = z
  .string()
  .regex(
    /^sha256:[0-9a-f]{64}$/,
    'a digest, "sha256:" and 64 hexadecimal digits',
  );

/** CPU as a request or limit. @public */
export const CPU_PATTERN =
  '^([1-9][0-9]{0,5}m|[1-9][0-9]{0,2}(\\.[0-9]{1,3})?|0\\.[0-9]{1,3})$';

export const cpuQuantity = z
  .string()
  .regex(
    new RegExp(CPU_PATTERN),
    'an amount of CPU, for example "250m" or "2"',
  );

/** Memory as a request or limit. @public */
export const MEMORY_PATTERN = '^[1-9][0-9]{0,5}[KMGT]i$';

export const memoryQuantity = z
  .string()
  .regex(
    new RegExp(MEMORY_PATTERN),
    'an amount of memory with a binary unit, for example "256Mi" or "1Gi"',
  );

/** Addresses, as a NetworkPolicy lists them. */
export const cidr = z
  .string()
  .regex(
    /^((25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(25[0-5]|2[0-4]\d|1?\d?\d)\/(3[0-2]|[12]?\d)$|^[0-9a-f:]{2,39}\/(12[0-8]|1[01]\d|\d?\d)$/,
    'a range of addresses, for example "10.20.0.0/16"',
  );

/** A port that an unprivileged process may listen on. */
export const unprivilegedPort = z
  .number()
  .int('a whole number')
  .min(1024, 'a port of 1024 or above: the container runs without privileges')
  .max(65535, 'a port of at most 65535');

/** Any port. */
export const anyPort = z
  .number()
  .int('a whole number')
  .min(1, 'a port of at least 1')
  .max(65535, 'a port of at most 65535');

/** A key of a Secret, which becomes the name of a variable. */
export const variableName = z
  .string()
  .max(100)
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]*$/,
    'the name of a variable: letters, digits and underscores, not starting with a digit',
  );
