import { mockServices } from '@backstage/backend-test-utils';
import { ScmIntegrations } from '@backstage/integration';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { createMockActionContext } from '@backstage/plugin-scaffolder-node-test-utils';
import type { GitopsApi } from '@fairway/plugin-gitops-common';
import { gitopsServiceMock } from '@fairway/plugin-gitops-node/testUtils';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createGitopsActions } from '../actions';
import { readActionsConfig } from '../config';
import { GiteaFake } from './GiteaFake';

/**
 * Runs actions in a workspace of their own against a forge with a platform repository; both
 * are new for each test. To be called in a `describe`.
 */
export function useActions() {
  const forge = new GiteaFake();
  const folders: string[] = [];
  const workspace = { path: '' };

  beforeAll(() => forge.start());
  afterAll(async () => {
    await forge.stop();
    folders.forEach(folder => rmSync(folder, { recursive: true }));
  });
  beforeEach(() => {
    workspace.path = mkdtempSync(path.join(tmpdir(), 'workspace-'));
    folders.push(workspace.path);
    forge.reset();
    forge.createRepository('platform/gitops');
    forge.commit('platform/gitops');
  });

  const run = async (
    id: string,
    input: object,
    options: {
      gitops?: Partial<GitopsApi>;
      catalog?: CatalogService;
      config?: object;
      isDryRun?: boolean;
      signal?: AbortSignal;
      taskId?: string;
      /** What earlier runs of the task stored; filled with what this one stores. */
      checkpoints?: Map<string, unknown>;
      /** Filled with what the action says, also when it fails. */
      log?: string[];
    } = {},
  ) => {
    const config = mockServices.rootConfig({
      data: {
        integrations: {
          gitea: [
            {
              host: forge.host,
              baseUrl: forge.url,
              username: 'robot',
              password: 'secret',
            },
            { host: 'nobody.example.com' },
          ],
          github: [{ host: 'github.com' }],
          gerrit: [
            {
              host: 'gerrit.example.com',
              gitilesBaseUrl: 'https://gerrit.example.com/gitiles',
            },
          ],
        },
        gitops: {
          platformRepository: `${forge.host}?owner=platform&repo=gitops`,
          ...options.config,
        },
      },
    });
    const action = createGitopsActions({
      config: readActionsConfig(config),
      integrations: ScmIntegrations.fromConfig(config),
      gitops: gitopsServiceMock(options.gitops),
      catalog: options.catalog ?? catalogServiceMock.mock(),
      pollIntervalMs: 5,
    }).find(candidate => candidate.id === id)!;
    const logger = mockServices.logger.mock();
    const context = createMockActionContext({
      input: input as never,
      workspacePath: workspace.path,
      logger,
      task: { id: options.taskId ?? 'task-1' },
    });
    const output: Record<string, any> = {};
    const checkpoints = options.checkpoints ?? new Map<string, unknown>();
    Object.assign(context, {
      output: (name: string, value: unknown) => {
        output[name] = value;
      },
      isDryRun: options.isDryRun,
      signal: options.signal,
      checkpoint: async ({ key, fn }: { key: string; fn: () => unknown }) => {
        const value = checkpoints.has(key) ? checkpoints.get(key) : await fn();
        checkpoints.set(key, value);
        return value;
      },
    });
    const log = options.log ?? [];
    logger.info.mockImplementation(line => log.push(line));
    logger.warn.mockImplementation(line => log.push(line));
    await action.handler(context as never);
    return { output, log };
  };

  const write = (file: string, content: string) => {
    const target = path.join(workspace.path, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, content);
  };

  /** Undefined when there is no such file. */
  const read = (file: string): string | undefined => {
    const target = path.join(workspace.path, file);
    return existsSync(target) ? readFileSync(target, 'utf8') : undefined;
  };

  return { forge, run, workspace, write, read };
}
