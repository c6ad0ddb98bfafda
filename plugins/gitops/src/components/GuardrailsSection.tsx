import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  HEALTH_STATUSES,
  type Fact,
  type HealthStatus,
  type ServiceResponse,
} from '@fairway/plugin-gitops-common';
import { useNow } from '../hooks/useNow';
import { readBackups, type BackupsState } from '../model/backupStates';
import {
  isWatched,
  unseenClusters,
  type GuardrailArea,
} from '../model/clusterSight';
import { formatAge, formatClock, JUST_NOW } from '../model/format';
import { isMaker } from '../model/makers';
import { placeIn } from '../model/places';
import { readPolicies, type PolicyState } from '../model/policyFindings';
import { readSecrets, type SecretsState } from '../model/secretStates';
import { keepsData } from '../model/statefulness';
import { gitopsTranslationRef } from '../translation';
import { BackupList } from './BackupList';
import { FactList } from './FactList';
import { PolicyFindings } from './PolicyFindings';
import { SecretTroubles } from './SecretTroubles';
import { Section } from './Section';
import { HealthMark } from './StateMark';
import styles from './FactRows.module.css';

interface Guardrails {
  policies: PolicyState;
  secrets: SecretsState;
  /** Those that it depends on. */
  backups: BackupsState;
  /** With those of its namespaces that are not made for it. */
  allBackups: BackupsState;
  keepsData: boolean;
}

/** What keeps no data is well without the backups that others share with it. */
function readGuardrails(service: ServiceResponse, now: Date): Guardrails {
  const facts = service.facts.filter(({ kind }) => kind !== 'rollout');
  const hasData = keepsData(service);
  const owned = facts.filter(({ entityRef }) => entityRef !== undefined);
  return {
    policies: readPolicies(facts),
    secrets: readSecrets(facts, now),
    backups: readBackups(hasData ? facts : owned, now),
    allBackups: readBackups(facts, now),
    keepsData: hasData,
  };
}

interface CalmItem {
  health: HealthStatus;
  text: string;
}

function isPolicyWell({ findings, silent, omitted }: PolicyState): boolean {
  return findings.length === 0 && silent.length === 0 && omitted === 0;
}

const AREAS: GuardrailArea[] = ['policy', 'secret', 'backup'];

/** What is well, or looked for and not there: a few words each. */
function useKnownItems(
  service: ServiceResponse,
  guardrails: Guardrails,
): CalmItem[] {
  const { policies, secrets, backups, allBackups } = guardrails;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const now = useNow();
  // What was well when it could be seen last may not be any more.
  const well = (text: string, staleSince?: string): CalmItem =>
    staleSince
      ? {
          health: 'unknown',
          text: `${text}, ${t('common.stale', {
            time: formatClock(staleSince, now),
          })}`,
        }
      : { health: 'healthy', text };
  // What cannot be seen may be there all the same.
  const absent = (area: GuardrailArea, text: string): CalmItem[] =>
    isWatched(service.clusters, area) &&
    unseenClusters(service.clusters, area).length === 0
      ? [{ health: 'missing', text }]
      : [];
  const { oldest } = backups;
  const age = oldest && formatAge(oldest, now);
  return [
    ...(policies.known === 0
      ? absent('policy', t('guardrails.noPolicies'))
      : []),
    ...(policies.passed > 0
      ? [
          well(
            t('guardrails.pass', { count: policies.passed }),
            policies.staleSince,
          ),
        ]
      : []),
    ...(secrets.inSync > 0
      ? [
          well(
            t('guardrails.inSync', { count: secrets.inSync }),
            secrets.staleSince,
          ),
        ]
      : []),
    ...(guardrails.keepsData && allBackups.backups.length === 0
      ? absent('backup', t('guardrails.noBackups'))
      : []),
    ...(backups.isWell && age
      ? [
          well(
            t('guardrails.lastBackups', {
              count: backups.backups.length,
              age: age === JUST_NOW ? age : t('common.ago', { age }),
            }),
            backups.staleSince,
          ),
        ]
      : []),
  ];
}

/** What cannot be seen now, said once when it is the same for everything. */
function useUnseenItems(service: ServiceResponse): CalmItem[] {
  const { t } = useTranslationRef(gitopsTranslationRef);
  const unseen = AREAS.map(area => ({
    area,
    clusters: unseenClusters(service.clusters, area).join(', '),
  })).filter(({ clusters }) => clusters !== '');
  const isSame =
    unseen.length === AREAS.length &&
    new Set(unseen.map(({ clusters }) => clusters)).size === 1;
  return (isSame ? [{ ...unseen[0], area: 'all' as const }] : unseen).map(
    ({ area, clusters }) => ({
      health: 'unknown',
      text: t(`guardrails.unseen.${area}`, { clusters }),
    }),
  );
}

/** In the details, while nothing is wrong, all of them. */
function backupsToTell({ backups, allBackups }: Guardrails): BackupsState {
  return backups.isWell ? allBackups : backups;
}

/** Facts that no other part of the page tells of. */
function othersOf(facts: readonly Fact[], guardrails: Guardrails): Fact[] {
  const told = new Set([
    ...guardrails.secrets.troubled.map(({ id }) => id),
    ...guardrails.policies.silent.map(({ id }) => id),
    ...backupsToTell(guardrails).told,
  ]);
  const isTold = (fact: Fact) =>
    told.has(fact.id) || (fact.kind === 'policy' && fact.health === 'degraded');
  return worstFirst(facts.filter(fact => !isTold(fact)));
}

function worstFirst(facts: readonly Fact[]): Fact[] {
  const rank = ({ health }: Fact) => -HEALTH_STATUSES.indexOf(health);
  return [...facts].sort(
    (a, b) => rank(a) - rank(b) || a.kind.localeCompare(b.kind),
  );
}

/** What a service needs around it: policies, secrets, backups. Quiet while all is well. */
export function GuardrailsSection(props: { service: ServiceResponse }) {
  const { service } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const now = useNow();
  // Both have sections of their own.
  const facts = service.facts.filter(
    fact => fact.kind !== 'rollout' && !isMaker(fact),
  );
  const guardrails = readGuardrails(service, new Date(now));
  const { policies, secrets, backups } = guardrails;
  const known = useKnownItems(service, guardrails);
  const unseen = useUnseenItems(service);
  const calm = [...known, ...unseen];
  const others = othersOf(facts, guardrails);
  const told = backupsToTell(guardrails);
  const hasQuietBackups =
    backups.isWell && told.backups.length + told.locations.length > 0;
  const placeOf = placeIn(service);
  const backupList = (
    <BackupList
      backups={told}
      placeOf={placeOf}
      keepsData={guardrails.keepsData}
    />
  );
  if (calm.length + facts.length === 0) {
    return null;
  }
  return (
    <Section title={t('guardrails.title')}>
      {calm.length > 0 && (
        <ul className={styles.calm} aria-label={t('guardrails.summary')}>
          {calm.map(({ health, text }) => (
            <li className={styles.calmItem} key={text}>
              <HealthMark health={health} word="none" />
              {text}
            </li>
          ))}
        </ul>
      )}
      {!isPolicyWell(policies) && (
        <PolicyFindings policies={policies} placeOf={placeOf} />
      )}
      {secrets.troubled.length > 0 && (
        <SecretTroubles secrets={secrets} placeOf={placeOf} />
      )}
      {!backups.isWell && backupList}
      {guardrails.keepsData && backups.isWell && !hasQuietBackups && (
        <p className={styles.note}>{t('guardrails.gitRestores')}</p>
      )}
      {(others.length > 0 || hasQuietBackups) && (
        <details className={styles.details}>
          <summary>{t('guardrails.others')}</summary>
          <div className={styles.area}>
            {hasQuietBackups && backupList}
            {others.length > 0 && (
              <FactList
                facts={others}
                label={t('guardrails.everything')}
                placeOf={({ environment, ref }) =>
                  placeOf({ environment, cluster: ref.cluster })
                }
              />
            )}
          </div>
        </details>
      )}
    </Section>
  );
}
