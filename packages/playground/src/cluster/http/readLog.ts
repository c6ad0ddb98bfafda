import { defaultContainerOf } from '../InProcessCluster';
import { LogKey, LogLine } from '../Logs';
import { badRequest } from '../StatusError';
import { ApiRequest, isTrue } from './ApiRequest';

/** GET of a container's log, as plain text. */
export function readLog(request: ApiRequest): void {
  const { context, query, response } = request;
  const key = containerOf(request);
  const isPrevious = isTrue(query.get('previous'));
  const lines = isPrevious
    ? context.logs.previous(key)
    : context.logs.lines(key);
  if (!lines) {
    throw badRequest(
      `previous terminated container "${key.container}" in pod "${key.pod}" not found`,
    );
  }
  const withTime = isTrue(query.get('timestamps'));
  const write = (line: LogLine) =>
    response.write(
      `${withTime ? `${line.time.toISOString()} ` : ''}${line.text}\n`,
    );
  const selected = select(request, lines);
  response.writeHead(200, {
    'Content-Type': 'text/plain',
    'Cache-Control': 'no-cache, private',
  });
  response.flushHeaders();
  selected.forEach(write);
  if (isPrevious || !isTrue(query.get('follow'))) {
    response.end();
    return;
  }
  const unfollow = context.logs.follow(key, line => {
    if (line) {
      write(line);
    } else {
      response.end();
    }
  });
  response.on('close', unfollow);
}

function containerOf({ context, target, query }: ApiRequest): LogKey {
  const { resource, namespace, name } = target;
  const { object } = context.objects.get({ resource, namespace, name: name! });
  const names: string[] = [
    ...(object.spec?.initContainers ?? []),
    ...(object.spec?.containers ?? []),
  ].map((container: { name: string }) => container.name);
  const wanted = query.get('container');
  const isAmbiguous =
    names.length > 1 &&
    !object.metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  if (!wanted && isAmbiguous) {
    throw badRequest(
      `a container name must be specified for pod ${name}, choose one of: [${names.join(
        ' ',
      )}]`,
    );
  }
  const container = wanted ?? defaultContainerOf(object);
  if (!container || !names.includes(container)) {
    throw badRequest(
      `container ${container ?? ''} is not valid for pod ${name}`,
    );
  }
  return { namespace: namespace!, pod: name!, container };
}

function select(
  { context, query }: ApiRequest,
  lines: readonly LogLine[],
): readonly LogLine[] {
  const seconds = numberOf(query, 'sinceSeconds');
  const tail = numberOf(query, 'tailLines');
  const since = query.get('sinceTime');
  let from = -Infinity;
  if (seconds !== undefined) {
    from = context.now().getTime() - seconds * 1000;
  } else if (since) {
    from = Date.parse(since);
  }
  const recent = lines.filter(line => line.time.getTime() >= from);
  return tail === undefined
    ? recent
    : recent.slice(Math.max(0, recent.length - tail));
}

function numberOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) {
    return undefined;
  }
  if (!/^\d+$/.test(text)) {
    throw badRequest(`invalid ${name} "${text}"`);
  }
  return Number(text);
}
