import { InputError } from '@backstage/errors';
import type { RegistrationRef } from '@fairway/gitops-manifests';
import { REGISTRATION_KINDS } from '@fairway/gitops-manifests';
import type { z as Zod } from 'zod/v3';

/** The part of a located overlay that changes are made with. */
export interface OverlayPlace {
  environment: string;
  path: string;
  application?: { kind: string; namespace?: string; name: string };
}

/** The output `overlays` of `gitops:service:locate`, as an input. */
export const overlaysInput = (z: typeof Zod) =>
  z
    .array(
      z
        .object({
          environment: z.string().describe('Name of the environment'),
          path: z.string().describe('Folder that is deployed there'),
          application: z
            .object({
              kind: z.string(),
              namespace: z.string().optional(),
              name: z.string(),
            })
            .passthrough()
            .optional()
            .describe('The object that registers it'),
        })
        .passthrough(),
    )
    .min(1)
    .describe(
      'Where the environments of the service are, as gitops:service:locate says',
    );

/**
 * The overlays of an environment, each folder once: several clusters may deploy the same.
 *
 * @throws InputError when the service is not there.
 */
export function overlaysOf(
  overlays: ReadonlyArray<OverlayPlace>,
  environment: string,
): Array<{ environment: string; folder: string }> {
  const folders = new Set(
    overlays
      .filter(overlay => overlay.environment === environment)
      .map(({ path }) => path),
  );
  if (folders.size === 0) {
    const known = [...new Set(overlays.map(overlay => overlay.environment))];
    throw new InputError(
      `The service is not deployed in ${JSON.stringify(
        environment,
      )}; it is in ${known.join(', ')}`,
    );
  }
  return [...folders].map(folder => ({ environment, folder }));
}

/**
 * What registers the overlays of an environment, or of all.
 *
 * @throws InputError when one is of a kind that cannot be changed here.
 */
export function registrationsOf(
  overlays: ReadonlyArray<OverlayPlace>,
  environment?: string,
): RegistrationRef[] {
  if (environment !== undefined) {
    overlaysOf(overlays, environment);
  }
  const found = new Map<string, RegistrationRef>();
  for (const { application, ...overlay } of overlays) {
    const isAsked =
      environment === undefined || overlay.environment === environment;
    if (application && isAsked) {
      const { kind, namespace, name } = application;
      if (!REGISTRATION_KINDS.some(known => known === kind)) {
        throw new InputError(
          `${kind} "${name}" registers ${
            overlay.environment
          }; only these can be changed here: ${REGISTRATION_KINDS.join(', ')}`,
        );
      }
      const ref = { kind, namespace, name } as RegistrationRef;
      found.set(`${kind}/${namespace}/${name}`, ref);
    }
  }
  return [...found.values()];
}
