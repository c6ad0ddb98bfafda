import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import { ConnectionError } from '@fairway/plugin-gitops-node';

/** What was asked of Argo CD, for messages. */
export interface ArgocdCall {
  /** Name of the instance. */
  instance: string;
  /** For people, for example `sync application argocd/orders`. */
  what: string;
  /** One object was asked for, so 404 is about that object. */
  isObject?: boolean;
  /** The line of argocd-rbac-cm that allows it, without the role. */
  needs?: string;
}

/**
 * The words of Argo CD in an answer: `{ error, code, message }` of its gateway, or
 * `{ error: { http_code, message } }` in a stream.
 */
export function messageOf(body: unknown): string | undefined {
  const { message, error } = (body ?? {}) as {
    message?: unknown;
    error?: unknown;
  };
  const inner = (error as { message?: unknown } | undefined)?.message;
  return [message, inner, error].find(
    (text): text is string => typeof text === 'string' && text !== '',
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function forbidden(call: ArgocdCall, status: number, said: string): Error {
  if (status === 401) {
    return new ConnectionError(
      'forbidden',
      `Argo CD '${call.instance}' does not accept the portal's token: ${said}; it was revoked or has expired: make a new one with 'argocd account generate-token' and put it at 'gitops.argocd.instances' of the configuration`,
    );
  }
  if (/sync window/i.test(said)) {
    return new InputError(
      `Argo CD '${call.instance}' refuses to ${call.what}: ${said}; wait until the window allows it`,
    );
  }
  return new ConnectionError(
    'forbidden',
    `The token of Argo CD '${call.instance}' may not ${call.what}: ${said}${
      call.needs ? `; grant it '${call.needs}, allow' in argocd-rbac-cm` : ''
    }`,
  );
}

/**
 * What an answer that is not ok means for Fairway.
 *
 * @param status - HTTP status, or the one that an error in a stream names
 * @param text - the body
 */
export function argocdResponseError(
  call: ArgocdCall,
  status: number,
  text: string,
): Error {
  const body = parse(text);
  const said = messageOf(body) ?? `HTTP ${status}`;
  const where = `Argo CD '${call.instance}'`;
  switch (status) {
    case 401:
    case 403:
      return forbidden(call, status, said);
    case 404:
      // A proxy's page, or another server: nothing is known of the object.
      if (call.isObject && body !== undefined) {
        return new NotFoundError(`${where} cannot ${call.what}: ${said}`);
      }
      return new ConnectionError(
        'unreachable',
        `There is no Argo CD API at the URL of '${call.instance}' (404); see that 'apiUrl' is the root of Argo CD, with its root path if it has one`,
      );
    case 409:
      return new ConflictError(`Conflict in ${where}: ${said}; try again`);
    case 400:
    case 412:
    case 422:
      // Argo CD says so with FailedPrecondition.
      return /another operation/i.test(said)
        ? new ConflictError(
            `${where} cannot ${call.what}: ${said}; wait until it ends, or terminate it`,
          )
        : new InputError(`${where} refuses to ${call.what}: ${said}`);
    case 501:
      return new ConnectionError('not-installed', `${where}: ${said}`);
    default:
      return new ConnectionError(
        'unreachable',
        status >= 300 && status < 400
          ? `The URL of ${where} leads elsewhere (HTTP ${status}); see that 'apiUrl' is the API itself, with https and not behind a sign-in page`
          : `Unexpected answer of ${where} when asked to ${call.what}: ${said}`,
      );
  }
}
