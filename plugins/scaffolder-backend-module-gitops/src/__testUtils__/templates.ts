import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

const TEMPLATES = path.resolve(__dirname, '../../../../templates');

/** Names of the golden paths, which are those of their folders. */
export function templateNames(): string[] {
  return readdirSync(TEMPLATES).filter(name =>
    existsSync(path.join(TEMPLATES, name, 'template.yaml')),
  );
}

/** A template as it is written. */
export function readTemplate(name: string) {
  return parse(
    readFileSync(path.join(TEMPLATES, name, 'template.yaml'), 'utf8'),
  );
}

/** A template as the catalog has it. */
export function catalogTemplate(name: string) {
  const template = readTemplate(name);
  const location = `file:${path.join(TEMPLATES, name, 'template.yaml')}`;
  template.metadata.annotations = {
    ...template.metadata.annotations,
    'backstage.io/managed-by-location': location,
    'backstage.io/managed-by-origin-location': location,
  };
  return template;
}
