import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { LifecycleService } from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';

/**
 * Where clones of repositories are kept: below `backend.workingDirectory` for longer than the
 * process lives, else in a temporary directory of this process that goes with it.
 */
export function gitDirectory(
  config: Config,
  lifecycle: LifecycleService,
): string {
  const workingDirectory = config.getOptionalString('backend.workingDirectory');
  if (workingDirectory) {
    return path.join(workingDirectory, 'gitops-repositories');
  }
  const directory = mkdtempSync(path.join(os.tmpdir(), 'gitops-repositories-'));
  lifecycle.addShutdownHook(() =>
    rmSync(directory, { recursive: true, force: true }),
  );
  return directory;
}
