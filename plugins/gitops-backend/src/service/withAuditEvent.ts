import type {
  AuditorService,
  AuditorServiceCreateEventOptions,
} from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';

/** Runs something and leaves one audit event that says whether it succeeded. */
export async function withAuditEvent<T>(options: {
  auditor: AuditorService;
  event: AuditorServiceCreateEventOptions;
  run: () => Promise<T>;
}): Promise<T> {
  const event = await options.auditor.createEvent(options.event);
  let result: T;
  try {
    result = await options.run();
  } catch (error) {
    await event.fail({ error: toError(error) });
    throw error;
  }
  await event.success();
  return result;
}
