import {
  ConflictError,
  InputError,
  ServiceUnavailableError,
} from '@backstage/errors';

const TIMEOUT_MS = 20_000;
const LONGEST_MESSAGE = 500;

/**
 * One call of a forge's API.
 *
 * @returns the answer, or undefined for 404.
 * @throws ConflictError for 409, InputError for other refusals, ServiceUnavailableError when
 * the forge fails, is too slow, or does not accept our credentials.
 */
export async function requestJson<T>(options: {
  url: string;
  method: string;
  headers: Record<string, string>;
  body?: object;
}): Promise<T | undefined> {
  const { url, method, headers, body } = options;
  const where = `${method} ${url}`;
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers: {
        accept: 'application/json',
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      body: body && JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    throw new ServiceUnavailableError(
      `The forge does not answer to ${where}; check that it runs and that the backend reaches it`,
      error,
    );
  }
  if (response.status === 404) {
    await response.body?.cancel();
    return undefined;
  }
  const text = await response.text();
  if (response.ok) {
    return (text ? JSON.parse(text) : {}) as T;
  }
  throw refusal({ status: response.status, text, where });
}

function refusal(options: {
  status: number;
  text: string;
  where: string;
}): Error {
  const { status, where } = options;
  const text = options.text.slice(0, LONGEST_MESSAGE);
  if (status === 401 || status === 403) {
    return new ServiceUnavailableError(
      `The forge does not let the integration's user do ${where} (${status}: ${text}); check username, password and their rights in "integrations:"`,
    );
  }
  if (status === 409) {
    return new ConflictError(`The forge answers to ${where}: ${text}`);
  }
  if (status < 500) {
    return new InputError(`The forge refuses ${where} (${status}): ${text}`);
  }
  return new ServiceUnavailableError(
    `The forge failed at ${where} (${status}): ${text}; try again`,
  );
}
