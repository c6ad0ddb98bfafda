/**
 * One form of the revisions that Flux writes.
 *
 * @remarks
 * `main@sha1:<commit>`, `sha1:<commit>` and the older `main/<commit>` become the commit;
 * `latest@sha256:<digest>` becomes `sha256:<digest>`. Anything else stays as it is.
 */
export function readRevision(revision: string | undefined): string | undefined {
  if (!revision) {
    return undefined;
  }
  const digest = revision.split('@').at(-1)!;
  const [, commit] =
    /^sha1:([0-9a-f]{40})$/.exec(digest) ??
    /^(?:.+\/)?([0-9a-f]{40})$/.exec(digest) ??
    [];
  return commit ?? (/^sha\d+:[0-9a-f]+$/.test(digest) ? digest : revision);
}

/** Repository folders as `overlays/prod`, without `./` and slashes at the ends. */
export function readPath(path: string | undefined): string {
  return (path ?? '')
    .split('/')
    .filter(segment => segment !== '' && segment !== '.')
    .join('/');
}
