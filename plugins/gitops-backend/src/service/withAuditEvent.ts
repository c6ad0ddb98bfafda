import type {
  AuditorService,
  AuditorServiceCreateEventOptions,
} from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type { JsonObject } from '@backstage/types';

/** Runs something and leaves one audit event that says whether it succeeded. */
export async function withAuditEvent<T>(options: {
  auditor: AuditorService;
  event: AuditorServiceCreateEventOptions;
  /** @param tell - what is known only by now of what is done; it goes into the event's end */
  run: (tell: (meta: JsonObject) => void) => Promise<T>;
}): Promise<T> {
  const event = await options.auditor.createEvent(options.event);
  const meta: JsonObject = {};
  let result: T;
  try {
    result = await options.run(more => Object.assign(meta, more));
  } catch (error) {
    await event.fail({ error: toError(error), meta });
    throw error;
  }
  await event.success({ meta });
  return result;
}
