import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { WEBHOOK_SOURCES, type WebhookSource } from './WebhookSource';

/** The secret of each source that may send; the others are refused. */
export type WebhooksConfig = Partial<Record<WebhookSource, string>>;

/** Short enough to type, too long to guess. */
const MINIMUM_SECRET_LENGTH = 16;

/**
 * Reads `gitops.webhooks`.
 *
 * @param root - the configuration of the whole portal
 * @throws InputError that names the key: an unknown source, or a secret that can be guessed
 */
export function readWebhooksConfig(root: Config): WebhooksConfig {
  const config = root.getOptionalConfig('gitops.webhooks');
  const webhooks: WebhooksConfig = {};
  for (const source of config?.keys() ?? []) {
    if (!isSource(source)) {
      throw new InputError(
        `Invalid configuration at 'gitops.webhooks.${source}': there are ${WEBHOOK_SOURCES.join(
          ', ',
        )}`,
      );
    }
    const secret = config!.getString(`${source}.secret`);
    if (secret.length < MINIMUM_SECRET_LENGTH) {
      throw new InputError(
        `Invalid configuration at 'gitops.webhooks.${source}.secret': it is shorter than ${MINIMUM_SECRET_LENGTH} characters; make a random one, for example with 'openssl rand -hex 32'`,
      );
    }
    webhooks[source] = secret;
  }
  return webhooks;
}

function isSource(name: string): name is WebhookSource {
  return (WEBHOOK_SOURCES as readonly string[]).includes(name);
}
