/** Who may send webhooks to Fairway; the last segment of the URL. */
export const WEBHOOK_SOURCES = [
  'argocd',
  'flux',
  'github',
  'gitlab',
  'gitea',
  'bitbucket',
  'azure',
] as const;

/** One of {@link WEBHOOK_SOURCES}. */
export type WebhookSource = (typeof WEBHOOK_SOURCES)[number];

/** A request as it came, before anything of it is believed. */
export interface WebhookRequest {
  source: WebhookSource;
  /** A header by its name, whatever its case. */
  header(name: string): string | undefined;
  /** The body, byte by byte: signatures are over these. */
  body: Buffer;
}

/** What a webhook tells: where it is worth to look now. */
export interface WebhookNews {
  /** Objects of a cluster that changed. */
  objects: Array<{
    kind: string;
    namespace?: string;
    name: string;
    /** Name of the cluster in the `kubernetes:` section, when the sender knows it. */
    cluster?: string;
  }>;
  /** Clone and page URLs of the repository that was pushed to. */
  repositoryUrls: string[];
  /** ISO time at which it was sent, when it says so. */
  sentAt?: string;
}
