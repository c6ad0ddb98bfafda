import { z } from 'zod';

/** Longest text of values that a form takes: what is longer belongs into a file. */
const LONGEST_TEXT = 100_000;

/** One version and no other: a range would change what runs without a commit. */
export const chartVersion = z
  .string()
  .max(100, 'at most 100 characters')
  .regex(
    /^v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/,
    'one exact version such as "20.1.0": no range, no "latest"',
  );

/** Name of a chart as its repository has it. */
export const chartName = z
  .string()
  .max(100, 'at most 100 characters')
  .regex(
    /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/,
    'the name of a chart: lower-case letters, digits, dashes, dots and underscores',
  )
  .refine(name => !name.includes('..'), 'the name of a chart without ".."');

/** Where a chart comes from. */
export const chartRepository = z
  .string()
  .max(500, 'at most 500 characters')
  .refine(
    isChartRepository,
    'an address that starts with https:// or oci://, without user, password, query or spaces',
  );

function isChartRepository(text: string): boolean {
  if (!/^(https|oci):\/\/[A-Za-z0-9]/.test(text)) {
    return false;
  }
  if (/[\s"'`<>\\{}$\p{Cc}\p{Zl}\p{Zp}]|\.\./u.test(text)) {
    return false;
  }
  // URL knows the parts of an https address, and leaves those of other schemes alone.
  const address = text.replace(/^oci:/, 'https:');
  if (!URL.canParse(address)) {
    return false;
  }
  const url = new URL(address);
  const isPlain =
    url.username === '' &&
    url.password === '' &&
    url.search === '' &&
    url.hash === '';
  // An image repository has a path, a chart repository may be the root of its host.
  return isPlain && (text.startsWith('https:') || url.pathname.length > 1);
}

/** YAML of a form; what it has to say is checked where it is read. */
export const yamlText = z
  .string()
  .max(LONGEST_TEXT, `at most ${LONGEST_TEXT} characters`);
