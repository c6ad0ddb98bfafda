import { spawn } from 'node:child_process';
import type { Request, Response } from 'express';
import { gitEnvironment } from './git';

/** What a request of the Git client asks for. */
export type GitService = 'info/refs' | 'git-upload-pack' | 'git-receive-pack';

/**
 * Answers a smart HTTP request with `git http-backend`, Git's own CGI program.
 *
 * Resolves when Git is done; the caller ends the answer, so that whoever pushed hears of
 * it only after the forge knows what the push changed. Only the three smart endpoints come here, so no
 * file of the repository is ever served by path.
 */
export function serveGit(options: {
  request: Request;
  response: Response;
  directory: string;
  service: GitService;
  user?: string;
}): Promise<void> {
  const { request, response, directory, service, user } = options;
  const header = (name: string) => request.get(name) ?? '';
  const environment: Record<string, string> = {
    GIT_PROJECT_ROOT: directory,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: `/${service}`,
    REQUEST_METHOD: request.method,
    QUERY_STRING: new URL(request.originalUrl, 'http://forge').search.slice(1),
    CONTENT_TYPE: header('content-type'),
    HTTP_CONTENT_ENCODING: header('content-encoding'),
    GIT_PROTOCOL: header('git-protocol'),
    REMOTE_ADDR: '127.0.0.1',
  };
  // Without a length (a chunked body) http-backend reads to the end.
  if (header('content-length')) {
    environment.CONTENT_LENGTH = header('content-length');
  }
  if (user) environment.REMOTE_USER = user;

  return new Promise(resolve => {
    const child = spawn('git', ['http-backend'], {
      env: gitEnvironment(environment),
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    let head: Buffer | undefined = Buffer.alloc(0);
    child.stdin.on('error', () => {});
    request.pipe(child.stdin);
    // A client that goes away while it downloads must not leave Git running. A push is
    // left to end: its objects may already be there.
    response.on('close', () => {
      if (service !== 'git-receive-pack') child.kill();
    });
    child.stdout.on('data', (chunk: Buffer) => {
      if (!head) {
        if (!response.write(chunk)) {
          child.stdout.pause();
          response.once('drain', () => child.stdout.resume());
        }
        return;
      }
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      writeHead(response, head.subarray(0, end).toString('latin1'));
      response.write(head.subarray(end + 4));
      head = undefined;
    });
    child.on('error', () => {
      if (!response.headersSent) response.status(500);
      resolve();
    });
    child.on('close', () => {
      if (head && !response.headersSent) response.status(500);
      resolve();
    });
  });
}

/** Turns the header lines of a CGI program into those of the answer. */
function writeHead(response: Response, lines: string): void {
  for (const line of lines.split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).trim();
    if (name.toLowerCase() === 'status') response.status(parseInt(value, 10));
    else response.setHeader(name, value);
  }
}
