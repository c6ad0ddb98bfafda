import type { Application, GitopsApi } from '@fairway/plugin-gitops-common';

/**
 * The applications of a service in an environment; none while the catalog or the engine does not
 * know them yet.
 */
export async function findApplications(
  api: GitopsApi,
  options: { entityRef: string; environment: string },
): Promise<Application[]> {
  try {
    const service = await api.getService(options.entityRef);
    return (
      service.environments.find(
        one => one.environment.name === options.environment,
      )?.applications ?? []
    );
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { name?: string } };
    // The catalog takes a moment to show an entity that was registered just now.
    if (name === 'NotFoundError' || cause?.name === 'NotFoundError') {
      return [];
    }
    throw error;
  }
}
