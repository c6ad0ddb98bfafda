/** The codes of gRPC that Argo CD answers with, and the HTTP status that its gateway makes of each. */
const HTTP_STATUS = {
  invalidArgument: { code: 3, status: 400, text: 'Bad Request' },
  notFound: { code: 5, status: 404, text: 'Not Found' },
  permissionDenied: { code: 7, status: 403, text: 'Forbidden' },
  failedPrecondition: { code: 9, status: 400, text: 'Bad Request' },
  aborted: { code: 10, status: 409, text: 'Conflict' },
  unimplemented: { code: 12, status: 501, text: 'Not Implemented' },
  internal: { code: 13, status: 500, text: 'Internal Server Error' },
  unavailable: { code: 14, status: 503, text: 'Service Unavailable' },
  unauthenticated: { code: 16, status: 401, text: 'Unauthorized' },
} as const;

/** Why a request was refused. */
export type FailureKind = keyof typeof HTTP_STATUS;

/** A refusal in the words and the form of Argo CD's gateway. */
export class ApiFailure extends Error {
  readonly #kind: FailureKind;

  constructor(kind: FailureKind, message: string) {
    super(message);
    this.#kind = kind;
  }

  get status(): number {
    return HTTP_STATUS[this.#kind].status;
  }

  /** As the answer of a request. */
  toBody() {
    const { message } = this;
    return { error: message, code: HTTP_STATUS[this.#kind].code, message };
  }

  /** As a message of a stream. */
  toStreamMessage() {
    const { code, status, text } = HTTP_STATUS[this.#kind];
    return {
      error: {
        grpc_code: code,
        http_code: status,
        message: this.message,
        http_status: text,
      },
    };
  }
}

/** What Argo CD says of what is forbidden, and also of what is not there when no project is named. */
export function permissionDenied(): ApiFailure {
  return new ApiFailure('permissionDenied', 'permission denied');
}
