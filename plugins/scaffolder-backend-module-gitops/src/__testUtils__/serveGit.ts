import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Hands a request to `git http-backend`, a CGI program, for the repositories of a folder. */
export async function serveGit(options: {
  request: IncomingMessage;
  response: ServerResponse;
  root: string;
  pathname: string;
  search: string;
}): Promise<void> {
  const { request, response, root, pathname, search } = options;
  const child = spawn('git', ['http-backend'], {
    env: {
      ...process.env,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      REMOTE_USER: 'robot',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
  });
  request.pipe(child.stdin);
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) {
    chunks.push(chunk);
  }
  const output = Buffer.concat(chunks);
  const end = output.indexOf('\r\n\r\n');
  for (const header of output.subarray(0, end).toString().split('\r\n')) {
    const [key, value] = header.split(': ');
    if (key === 'Status') {
      response.statusCode = Number(value.split(' ')[0]);
    } else {
      response.setHeader(key, value);
    }
  }
  response.end(output.subarray(end + 4));
}
