import { sendJson, type ApiCall } from './ApiContext';
import { ApiFailure } from './ApiFailure';
import {
  getApplication,
  listApplications,
  syncApplication,
  terminateOperation,
} from './applications';
import {
  canI,
  getApplicationSet,
  getProject,
  listApplicationSets,
  listProjects,
  userInfo,
} from './otherEndpoints';
import { getResourceTree } from './resourceTree';
import { streamApplications } from './streamApplications';

type Handler = (call: ApiCall) => void | Promise<void>;

/** Endpoints by method and path; `*` is one name, `**` the rest. */
const ENDPOINTS: Array<[string, string, Handler]> = [
  ['GET', 'applications', listApplications],
  ['GET', 'applications/*', getApplication],
  ['GET', 'applications/*/resource-tree', getResourceTree],
  ['POST', 'applications/*/sync', syncApplication],
  ['DELETE', 'applications/*/operation', terminateOperation],
  ['GET', 'stream/applications', streamApplications],
  ['GET', 'applicationsets', listApplicationSets],
  ['GET', 'applicationsets/*', getApplicationSet],
  ['GET', 'projects', listProjects],
  ['GET', 'projects/*', getProject],
  ['GET', 'account/can-i/*/*/**', canI],
];

function isAt(pattern: string, path: readonly string[]): boolean {
  const parts = pattern.split('/');
  const rest = parts.at(-1) === '**';
  return (
    (rest ? path.length >= parts.length : path.length === parts.length) &&
    parts.every((part, index) => part.startsWith('*') || part === path[index])
  );
}

/**
 * Answers one request.
 *
 * @throws ApiFailure in the words of Argo CD
 */
export async function answer(call: ApiCall): Promise<void> {
  const { context, request, response } = call;
  const [root, version, ...path] = call.path;
  const method = request.method ?? 'GET';
  if (root === 'api' && version === 'version') {
    sendJson(response, 200, { Version: 'v3.5.1+playground' });
    return;
  }
  if (root !== 'api' || version !== 'v1') {
    // Any other path is the user interface's, which is one page.
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
    response.end('<!doctype html><title>Argo CD (stand-in)</title>');
    return;
  }
  if (path.join('/') === 'session/userinfo') {
    userInfo(call);
    return;
  }
  const contentType = request.headers['content-type'] ?? '';
  if (method !== 'GET' && !contentType.startsWith('application/json')) {
    response.writeHead(415).end('Invalid content type');
    return;
  }
  const found = ENDPOINTS.find(
    ([verb, pattern]) => verb === method && isAt(pattern, path),
  );
  if (!found) {
    throw new ApiFailure('notFound', 'Not Found');
  }
  context.accounts.authenticate(request.headers.authorization);
  await found[2]({ ...call, path });
}
