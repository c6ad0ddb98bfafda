import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { KubernetesObject } from '@fairway/plugin-gitops-node';
import { parseAllDocuments } from 'yaml';

/** An object whose fields a test may look into and change. */
export type LooseObject = KubernetesObject & Record<string, any>;

/** The recorded objects of a file in `__fixtures__`, each time anew. */
export function readFixtures(file: string): LooseObject[] {
  const path = resolve(__dirname, '../__fixtures__', file);
  return parseAllDocuments(readFileSync(path, 'utf8')).map(
    document => document.toJS() as LooseObject,
  );
}

/** The recorded object of that name. */
export function readFixture(file: string, name: string): LooseObject {
  const found = readFixtures(file).find(item => item.metadata.name === name);
  if (!found) {
    throw new Error(`${file} has no object ${name}`);
  }
  return found;
}
