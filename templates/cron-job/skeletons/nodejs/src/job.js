/**
 * What the job does, each time that it is due. Replace this by yours.
 *
 * A run may be tried again after half of it was done, so doing it again must change nothing.
 *
 * @param signal - aborted when the cluster wants the run to end.
 * @returns what is worth a line in the log.
 */
export async function job({ signal }) {
  signal.throwIfAborted();
  return { done: 0 };
}
