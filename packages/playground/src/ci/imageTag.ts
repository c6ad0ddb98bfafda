/** What a build is made of. */
export interface Build {
  /** Content of the file VERSION, or undefined when there is none. */
  version: string | undefined;
  /** Commits of main by first parents, the built one included. */
  run: number;
  /** The built commit. */
  revision: string;
  /** Whether the tree has a file BROKEN: its image will never become healthy. */
  broken: boolean;
}

/** The tag of a build: `<major>.<minor>.<run>-<sha7>`, and `-broken` for one that is. */
export function imageTag(build: Build): string {
  const version = /^\s*v?(\d+\.\d+)/.exec(build.version ?? '')?.[1] ?? '0.1';
  const suffix = build.broken ? '-broken' : '';
  return `${version}.${build.run}-${build.revision.slice(0, 7)}${suffix}`;
}
