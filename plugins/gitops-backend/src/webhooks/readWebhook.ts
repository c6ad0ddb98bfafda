import { InputError } from '@backstage/errors';
import { z } from 'zod';
import type {
  WebhookNews,
  WebhookRequest,
  WebhookSource,
} from './WebhookSource';

const name = z.string().min(1).max(253);
const url = z.string().min(1).max(2000).optional();

/** The body that the template of docs/operations.md sends; the names of the API objects. */
const argocdSchema = z.object({
  app: name,
  ns: name,
  cluster: name.optional(),
});

/** `event.toolkit.fluxcd.io`. Older controllers prefix the keys of `metadata`. */
const fluxSchema = z.object({
  involvedObject: z.object({ kind: name, namespace: name.optional(), name }),
  timestamp: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});

/** The fields of a repository that any of the forges sends. */
const repositorySchema = z.object({
  clone_url: url,
  ssh_url: url,
  html_url: url,
  links: z
    .object({
      html: z.object({ href: url }).optional(),
      clone: z.array(z.object({ href: url })).optional(),
    })
    .optional(),
});
const pushSchema = z.object({ repository: repositorySchema });
/** Its event stands in the body. */
const azureSchema = z.object({ eventType: name });
const azurePushSchema = z.object({
  resource: z.object({
    repository: z.object({ remoteUrl: z.string().min(1).max(2000) }),
  }),
});
const gitlabSchema = z.object({
  project: z.object({ git_http_url: url, git_ssh_url: url, web_url: url }),
});

/** The header that names the event, and the events that are pushes. */
const EVENTS: Partial<
  Record<WebhookSource, { header: string; pushes: string[] }>
> = {
  github: { header: 'x-github-event', pushes: ['push', 'create', 'delete'] },
  gitlab: {
    header: 'x-gitlab-event',
    pushes: ['Push Hook', 'Tag Push Hook'],
  },
  gitea: { header: 'x-gitea-event', pushes: ['push', 'create', 'delete'] },
  bitbucket: {
    header: 'x-event-key',
    pushes: ['repo:push', 'repo:refs_changed'],
  },
};

/**
 * What a verified webhook tells; nothing when it is an event that Fairway has no use for.
 *
 * @throws InputError when the body is not what its source sends
 */
export function readWebhook(request: WebhookRequest): WebhookNews {
  const none: WebhookNews = { objects: [], repositoryUrls: [] };
  const event = EVENTS[request.source];
  const named = event && request.header(event.header);
  if (event && !event.pushes.includes(named ?? '')) {
    return none;
  }
  const body = parseBody(request);
  switch (request.source) {
    case 'argocd': {
      const { app, ns, cluster } = parse(argocdSchema, body);
      return {
        ...none,
        objects: [{ kind: 'Application', namespace: ns, name: app, cluster }],
      };
    }
    case 'flux': {
      const { involvedObject, timestamp, metadata } = parse(fluxSchema, body);
      const cluster = metadata?.cluster;
      return {
        ...none,
        objects: [
          {
            ...involvedObject,
            cluster: typeof cluster === 'string' ? cluster : undefined,
          },
        ],
        sentAt: timestamp,
      };
    }
    case 'azure': {
      if (parse(azureSchema, body).eventType !== 'git.push') {
        return none;
      }
      const { repository } = parse(azurePushSchema, body).resource;
      return { ...none, repositoryUrls: [repository.remoteUrl] };
    }
    case 'gitlab': {
      const { project } = parse(gitlabSchema, body);
      return { ...none, repositoryUrls: present(Object.values(project)) };
    }
    default: {
      const { repository } = parse(pushSchema, body);
      const { links, ...urls } = repository;
      return {
        ...none,
        repositoryUrls: present([
          ...Object.values(urls),
          links?.html?.href,
          ...(links?.clone ?? []).map(({ href }) => href),
        ]),
      };
    }
  }
}

function present(urls: Array<string | undefined>): string[] {
  return urls.filter(item => item !== undefined);
}

function parseBody(request: WebhookRequest): unknown {
  try {
    return JSON.parse(request.body.toString('utf8'));
  } catch (error) {
    throw new InputError(
      `The body is not JSON; let ${request.source} send application/json`,
      error,
    );
  }
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new InputError(
      `The body is not what its source sends: ${issue.path.join('.')}: ${
        issue.message
      }`,
    );
  }
  return result.data;
}
