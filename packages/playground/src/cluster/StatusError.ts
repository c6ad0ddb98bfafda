/** One field or reason behind a refusal, as `Status.details.causes` carries it. */
export interface StatusCause {
  reason: string;
  message: string;
  field?: string;
}

/** The `details` of a Kubernetes Status. */
export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

/** A Kubernetes `Status` object, the body of every failed request. */
export interface Status {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: { remainingItemCount?: number; continue?: string };
  status: 'Success' | 'Failure';
  message?: string;
  reason?: string;
  details?: StatusDetails;
  code?: number;
}

/** What a refusal is about: the parts of a resource that its Status names. */
export interface StatusSubject {
  group: string;
  plural: string;
  kind: string;
}

/**
 * A refused request.
 *
 * It is not one of the errors of `@backstage/errors`, because clients of this server
 * are Kubernetes clients: they read the HTTP code and the `Status` that `toStatus` gives.
 */
export class StatusError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details?: StatusDetails;
  readonly continue?: string;

  constructor(options: {
    code: number;
    reason: string;
    message: string;
    details?: StatusDetails;
    /** Where a list that has expired can go on. */
    continue?: string;
  }) {
    super(options.message);
    this.name = 'StatusError';
    this.code = options.code;
    this.reason = options.reason;
    this.details = options.details;
    this.continue = options.continue;
  }

  toStatus(): Status {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: this.continue ? { continue: this.continue } : {},
      status: 'Failure',
      message: this.message,
      reason: this.reason,
      ...(this.details && { details: this.details }),
      code: this.code,
    };
  }
}

function qualified(subject: StatusSubject): string {
  return subject.group ? `${subject.plural}.${subject.group}` : subject.plural;
}

function detailsOf(subject: StatusSubject, name: string): StatusDetails {
  return {
    name,
    ...(subject.group && { group: subject.group }),
    kind: subject.plural,
  };
}

export function badRequest(message: string): StatusError {
  return new StatusError({ code: 400, reason: 'BadRequest', message });
}

export function unauthorized(): StatusError {
  return new StatusError({
    code: 401,
    reason: 'Unauthorized',
    message: 'Unauthorized',
  });
}

export function notFound(subject: StatusSubject, name: string): StatusError {
  return new StatusError({
    code: 404,
    reason: 'NotFound',
    message: `${qualified(subject)} "${name}" not found`,
    details: detailsOf(subject, name),
  });
}

/** The path names no kind that this cluster knows. */
export function unknownPath(): StatusError {
  return new StatusError({
    code: 404,
    reason: 'NotFound',
    message: 'the server could not find the requested resource',
    details: {},
  });
}

export function methodNotAllowed(): StatusError {
  return new StatusError({
    code: 405,
    reason: 'MethodNotAllowed',
    message: 'the server does not allow this method on the requested resource',
    details: {},
  });
}

export function alreadyExists(
  subject: StatusSubject,
  name: string,
): StatusError {
  return new StatusError({
    code: 409,
    reason: 'AlreadyExists',
    message: `${qualified(subject)} "${name}" already exists`,
    details: detailsOf(subject, name),
  });
}

export function conflict(
  subject: StatusSubject,
  name: string,
  why: string,
): StatusError {
  return new StatusError({
    code: 409,
    reason: 'Conflict',
    message: `Operation cannot be fulfilled on ${qualified(
      subject,
    )} "${name}": ${why}`,
    details: detailsOf(subject, name),
  });
}

/** Another field manager owns a field that an apply would change. */
export function applyConflict(causes: StatusCause[]): StatusError {
  const list = causes.map(cause => `${cause.message}: ${cause.field}`);
  return new StatusError({
    code: 409,
    reason: 'Conflict',
    message: `Apply failed with ${causes.length} conflict${
      causes.length === 1 ? '' : 's'
    }: ${list.join('; ')}`,
    details: { causes },
  });
}

/** The version that was asked for has left the history. */
export function expired(message: string, goOn?: string): StatusError {
  return new StatusError({
    code: 410,
    reason: 'Expired',
    message,
    continue: goOn,
  });
}

export function unsupportedMediaType(message: string): StatusError {
  return new StatusError({
    code: 415,
    reason: 'UnsupportedMediaType',
    message,
  });
}

export function invalid(
  subject: StatusSubject,
  name: string,
  causes: StatusCause[],
): StatusError {
  const list = causes.map(cause => `${cause.field}: ${cause.message}`);
  return new StatusError({
    code: 422,
    reason: 'Invalid',
    message: `${subject.kind}${
      subject.group ? `.${subject.group}` : ''
    } "${name}" is invalid: ${
      list.length === 1 ? list[0] : `[${list.join(', ')}]`
    }`,
    details: { ...detailsOf(subject, name), kind: subject.kind, causes },
  });
}

export function forbidden(
  subject: StatusSubject,
  name: string,
  why: string,
  causes?: StatusCause[],
): StatusError {
  return new StatusError({
    code: 403,
    reason: 'Forbidden',
    message: `${qualified(subject)}${
      name ? ` "${name}"` : ''
    } is forbidden: ${why}`,
    details: { ...detailsOf(subject, name), ...(causes && { causes }) },
  });
}
