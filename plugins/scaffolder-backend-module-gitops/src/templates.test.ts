import {
  CRON_PATTERN,
  HOST_PATTERN,
  IMAGE_REFERENCE_PATTERN,
  OBJECT_NAME_PATTERN,
  SERVICE_NAME_PATTERN,
  TIME_ZONE_PATTERN,
  URL_PATH_PATTERN,
} from '@fairway/gitops-manifests';
import { LAYOUTS } from '@fairway/plugin-gitops-common';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readTemplate } from './__testUtils__/startPortal';

const KINDS = ['web-service', 'background-worker', 'cron-job'];
const TEMPLATES = path.resolve(__dirname, '../../../templates');

/** The rule of each field of a form, which is also that of the action. */
const RULES: Record<string, string> = {
  name: SERVICE_NAME_PATTERN,
  image: IMAGE_REFERENCE_PATTERN,
  livenessPath: URL_PATH_PATTERN,
  readinessPath: URL_PATH_PATTERN,
  cron: CRON_PATTERN,
  timeZone: TIME_ZONE_PATTERN,
  devHost: HOST_PATTERN,
  stagingHost: HOST_PATTERN,
  productionHost: HOST_PATTERN,
  ingressClass: OBJECT_NAME_PATTERN,
  tlsSecretName: OBJECT_NAME_PATTERN,
  clusterIssuer: OBJECT_NAME_PATTERN,
};

/** Every field of a form, those that only a choice shows too. */
function fieldsOf(value: any): Array<[string, any]> {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries<any>(value).flatMap(([key, inner]) => [
    ...(key === 'properties' ? Object.entries<any>(inner) : []),
    ...fieldsOf(inner),
  ]);
}

describe.each(KINDS)('the form of %s', kind => {
  const fields = fieldsOf(readTemplate(kind).spec.parameters);

  it('refuses what the actions refuse', () => {
    const seen = fields.filter(([name, { pattern }]) => pattern && RULES[name]);
    expect(seen.length).toBeGreaterThan(1);
    for (const [name, { pattern }] of seen) {
      expect({ name, pattern }).toEqual({ name, pattern: RULES[name] });
    }
  });

  it('limits every text that a person writes', () => {
    for (const [name, field] of fields) {
      const free =
        field.type === 'string' &&
        !field.enum &&
        field['ui:field'] !== 'OwnerPicker';
      expect({ name, limited: !free || field.maxLength > 0 }).toEqual({
        name,
        limited: true,
      });
    }
  });

  it('offers the layouts that there are', () => {
    const [, layout] = fields.find(([name]) => name === 'layout')!;
    expect(layout.enum).toEqual([...LAYOUTS]);
  });
});

describe('what the templates share', () => {
  const filesOf = (...parts: string[]) => {
    const root = path.join(TEMPLATES, ...parts);
    return readdirSync(root, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => path.join(entry.parentPath, entry.name))
      .map(file => ({
        file: path.relative(root, file),
        text: readFileSync(file, 'utf8'),
      }))
      .filter(({ file }) => file !== 'README.md.njk')
      .sort((a, b) => (a.file < b.file ? -1 : 1));
  };

  // A template reads nothing outside of its own folder, so that each has a copy.
  it.each(KINDS)('is the same in %s', kind => {
    for (const folder of ['shared', 'pipelines']) {
      const files = filesOf(kind, folder);
      expect(files.length).toBeGreaterThan(1);
      expect(files).toEqual(filesOf('web-service', folder));
    }
  });
});
