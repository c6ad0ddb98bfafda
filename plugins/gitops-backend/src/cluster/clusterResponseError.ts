import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import { ConnectionError } from '@fairway/plugin-gitops-node';

function messageOf(body: unknown): string | undefined {
  const { message, error } = (body ?? {}) as {
    message?: unknown;
    error?: { message?: unknown };
  };
  const text = error?.message ?? message;
  return typeof text === 'string' ? text : undefined;
}

/** Kubernetes answers with a Status, the portal's own plugins with `{ error }`. */
export function isFromPortal(body: unknown): boolean {
  return (
    typeof (body as { error?: unknown } | null | undefined)?.error === 'object'
  );
}

/**
 * Whether an API server says that it looked for the object and has none. Of a version or a kind
 * that it does not serve it says 404 as well, and so does what stands between: both name no object.
 */
function saysThatObjectIsMissing(body: unknown, name: string): boolean {
  const { kind, reason, details } = (body ?? {}) as {
    kind?: unknown;
    reason?: unknown;
    details?: { name?: unknown } | null;
  };
  return kind === 'Status' && reason === 'NotFound' && details?.name === name;
}

/**
 * What an answer that is not ok means for Fairway.
 *
 * @param call - the cluster, unless the Kubernetes plugin itself was asked, the segments of the
 *   path, of a kind or of an object of a kind, and the method when it is not GET
 */
export async function clusterResponseError(
  call: { cluster?: string; path: readonly string[]; method?: string },
  response: Response,
): Promise<Error> {
  const text = await response.text().catch(() => '');
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  const said = messageOf(body) ?? `HTTP ${response.status}`;
  const where =
    call.cluster === undefined
      ? 'the Kubernetes plugin'
      : `cluster '${call.cluster}'`;
  const what = call.path.join('/');
  switch (response.status) {
    case 401:
    case 403:
      return new ConnectionError(
        'forbidden',
        isFromPortal(body)
          ? `The permission policy of the portal does not let the gitops plugin use ${where}: ${said}`
          : `The credential of ${where} may not use ${what}: ${said}; grant it ${
              call.method === 'PATCH' ? 'patch' : 'get, list and watch'
            }`,
      );
    case 404:
      if (call.cluster === undefined || isFromPortal(body)) {
        return new ConnectionError(
          'unreachable',
          `The Kubernetes plugin does not know ${where}: ${said}; see the 'kubernetes' section of the configuration`,
        );
      }
      return call.path.length > (call.path[0] === 'api' ? 3 : 4) &&
        saysThatObjectIsMissing(body, call.path[call.path.length - 1])
        ? new NotFoundError(`There is no ${what} in ${where}`)
        : new ConnectionError(
            'not-installed',
            `${what} is unknown to ${where}`,
          );
    case 409:
      return new ConflictError(`Conflict in ${where}: ${said}; try again`);
    case 410:
      return new ConnectionError('expired', said);
    case 400:
    case 415:
    case 422:
      return new InputError(`Refused by ${where}: ${said}`);
    default:
      return new ConnectionError(
        'unreachable',
        `Unexpected answer of ${where}: ${said}`,
      );
  }
}
