import type { TestBackend } from '@backstage/backend-test-utils';
import type { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { readTemplate } from './templates';

/** How a task ended. */
export interface TaskResult {
  error?: string;
  output?: {
    links: Array<{ title: string; url?: string; entityRef?: string }>;
    text: Array<{ title: string; content: string }>;
  };
  log: string;
}

/** What a dry run shows. */
export interface DryRunResult {
  directoryContents: Array<{ path: string; base64Content: string }>;
  output: TaskResult['output'] & Record<string, unknown>;
  log: Array<{ body: { message: string; stepId?: string; status?: string } }>;
  steps: Array<{ id: string; name: string; action: string }>;
}

/** A backend that runs templates, as a test sees it. */
export class Portal {
  readonly #backend: TestBackend;
  readonly #template: string;
  readonly catalog: ReturnType<typeof catalogServiceMock.mock>;

  constructor(options: {
    backend: TestBackend;
    /** The one that is run when a call names none. */
    template: string;
    catalog: ReturnType<typeof catalogServiceMock.mock>;
  }) {
    this.#backend = options.backend;
    this.#template = options.template;
    this.catalog = options.catalog;
  }

  stop(): Promise<void> {
    return this.#backend.stop();
  }

  async request(method: string, route: string, body?: object): Promise<any> {
    const response = await fetch(
      `http://localhost:${this.#backend.server.port()}/api/scaffolder/v2${route}`,
      {
        method,
        // A connection that is kept may be shut while a test works synchronously.
        headers: { 'content-type': 'application/json', connection: 'close' },
        body: body && JSON.stringify(body),
      },
    );
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`${response.status}: ${text}`);
    }
    return JSON.parse(text);
  }

  /** Runs the template, and waits until the task has ended. */
  async create(
    values: object,
    template: string = this.#template,
  ): Promise<TaskResult> {
    const { id } = await this.request('POST', '/tasks', {
      templateRef: `template:default/${template}`,
      values,
    });
    const stream = await fetch(
      `http://localhost:${this.#backend.server.port()}/api/scaffolder/v2/tasks/${id}/eventstream`,
      { headers: { accept: 'text/event-stream', connection: 'close' } },
    );
    let text = '';
    for await (const chunk of stream.body!) {
      text += Buffer.from(chunk).toString();
      if (/event: completion\ndata: .*\n\n/.test(text)) {
        break;
      }
    }
    const events = [...text.matchAll(/^data: (.*)$/gm)].map(
      match => JSON.parse(match[1]) as any,
    );
    const { body } = events.find(event => event.type === 'completion');
    return {
      error: body.error?.message,
      output: body.output,
      log: events.map(event => event.body.message).join('\n'),
    };
  }

  /** Tries the template out. `files` are those beside it that it reads, by their path. */
  async dryRun(
    values: object,
    files: Record<string, string> = {},
    template: string = this.#template,
  ): Promise<DryRunResult> {
    return this.request('POST', '/dry-run', {
      template: readTemplate(template),
      values,
      directoryContents: Object.entries(files).map(([path, content]) => ({
        path,
        base64Content: Buffer.from(content).toString('base64'),
      })),
    });
  }

  /** Steps of the template whose action is not there, or does not know one of their inputs. */
  async misfits(
    template: string = this.#template,
  ): Promise<Array<{ step: string; reason: string }>> {
    const actions: any[] = await this.request('GET', '/actions');
    const found: Array<{ step: string; reason: string }> = [];
    for (const step of readTemplate(template).spec.steps) {
      const action = actions.find(({ id }) => id === step.action);
      if (!action) {
        found.push({ step: step.id, reason: `there is no ${step.action}` });
        continue;
      }
      const { input } = action.schema;
      const forms: any[] = input.anyOf ?? input.oneOf ?? [input];
      const given = Object.keys(step.input ?? {});
      const fits = forms.some(
        ({ properties, required = [] }) =>
          given.every(name => name in properties) &&
          required.every((name: string) => given.includes(name)),
      );
      if (!fits) {
        found.push({ step: step.id, reason: `given ${given.join(', ')}` });
      }
    }
    return found;
  }
}
