import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

interface SpecResponse {
  content: { 'application/json': { schema: { $ref: string } } };
}

interface Spec {
  paths: Record<
    string,
    Record<
      string,
      {
        parameters?: Array<{ name: string; schema: { enum?: string[] } }>;
        responses: Record<string, SpecResponse>;
      }
    >
  >;
  components: {
    schemas: Record<string, unknown>;
    responses: { Error: SpecResponse };
  };
}

let cached: ReturnType<typeof loadSpec> | undefined;

/** The checked-in specification, with a way to hold an answer against it. */
export function readSpec() {
  cached ??= loadSpec();
  return cached;
}

function loadSpec() {
  const spec: Spec = parse(
    readFileSync(resolve(__dirname, '../../schema/openapi.yaml'), 'utf8'),
    { merge: true },
  );
  const definitions = JSON.parse(
    JSON.stringify(spec.components.schemas).replaceAll(
      '#/components/schemas/',
      '#/$defs/',
    ),
  );
  return {
    paths: spec.paths,
    errorResponse: spec.components.responses.Error,
    /** Throws when the body is not what the response promises. */
    validate(response: SpecResponse, body: unknown): void {
      const { $ref } = response.content['application/json'].schema;
      const schema = z.fromJSONSchema({
        $ref: $ref.replace('#/components/schemas/', '#/$defs/'),
        $defs: definitions,
      });
      schema.parse(body);
    },
  };
}
