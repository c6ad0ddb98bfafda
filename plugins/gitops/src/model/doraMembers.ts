import type {
  DoraExplanation,
  DoraResponse,
} from '@fairway/plugin-gitops-common';

type Known = DoraResponse['deployments'][number];

/** A deployment behind a metric, with all that it adds to it. */
export interface DoraMember {
  id: string;
  /** Absent when the report stands on more deployments than it lists. */
  deployment?: Known;
  contributions: string[];
}

function byId(deployments: readonly Known[]) {
  return new Map(deployments.map(one => [one.id, one]));
}

/** The members of an explanation by deployment: one that carried five commits is one line. */
export function groupMembers(
  members: DoraExplanation['members'],
  deployments: readonly Known[],
): DoraMember[] {
  const known = byId(deployments);
  const groups = new Map<string, DoraMember>();
  for (const { deploymentId: id, contribution } of members) {
    const group = groups.get(id);
    if (group) {
      group.contributions.push(contribution);
    } else {
      groups.set(id, {
        id,
        deployment: known.get(id),
        contributions: [contribution],
      });
    }
  }
  return [...groups.values()];
}

/** What was left out, by reason; the reason of most comes first. */
export function groupReasons(
  excluded: DoraExplanation['excluded'],
  deployments: readonly Known[],
): Array<{ reason: string; members: DoraMember[] }> {
  const known = byId(deployments);
  const groups = new Map<string, DoraMember[]>();
  for (const { deploymentId: id, reason } of excluded) {
    const group = groups.get(reason) ?? [];
    group.push({ id, deployment: known.get(id), contributions: [] });
    groups.set(reason, group);
  }
  return [...groups]
    .map(([reason, members]) => ({ reason, members }))
    .sort((a, b) => b.members.length - a.members.length);
}
