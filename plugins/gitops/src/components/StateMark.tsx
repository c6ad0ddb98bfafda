import type { ReactElement, ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { VisuallyHidden } from '@backstage/ui';
import type {
  ClusterStatus,
  CommandOutcome,
  HealthStatus,
  PolicyFinding,
  SyncStatus,
} from '@fairway/plugin-gitops-common';
import { gitopsTranslationRef } from '../translation';
import styles from './StateMark.module.css';

type Tone = 'positive' | 'negative' | 'warning' | 'moving' | 'quiet';

const line = {
  fill: 'none',
  stroke: 'currentColor',
  strokeWidth: 2,
  strokeLinecap: 'round',
  strokeLinejoin: 'round',
} as const;

const HEALTH: Record<HealthStatus, { tone: Tone; shape: ReactElement }> = {
  healthy: {
    tone: 'positive',
    shape: <circle cx="8" cy="8" r="6" fill="currentColor" />,
  },
  progressing: {
    tone: 'moving',
    shape: (
      <g className={styles.turning}>
        <circle cx="8" cy="8" r="6" {...line} strokeOpacity="0.35" />
        <path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />
      </g>
    ),
  },
  degraded: {
    tone: 'negative',
    shape: <path d="M8 1.5 15.5 14.5H.5z" fill="currentColor" />,
  },
  suspended: {
    tone: 'quiet',
    shape: <path d="M3.5 2h3v12h-3zM9.5 2h3v12h-3z" fill="currentColor" />,
  },
  missing: {
    tone: 'warning',
    shape: <circle cx="8" cy="8" r="6" {...line} strokeDasharray="3 3.3" />,
  },
  unknown: {
    tone: 'quiet',
    shape: (
      <>
        <path d="M4.8 5.4a3.2 3.2 0 1 1 4.6 2.9c-1 .5-1.4 1-1.4 2" {...line} />
        <circle cx="8" cy="13.6" r="1.4" fill="currentColor" />
      </>
    ),
  },
};

const SYNC: Record<SyncStatus, { tone: Tone; shape: ReactElement }> = {
  synced: {
    tone: 'positive',
    shape: <path d="M2.5 8.5 6.3 12.3 13.5 4.5" {...line} />,
  },
  'out-of-sync': {
    tone: 'warning',
    shape: <path d="M2.5 5.5h11M2.5 10.5h11M11 2 5 14" {...line} />,
  },
  unknown: {
    tone: 'quiet',
    shape: (
      <g fill="currentColor">
        <circle cx="3" cy="8" r="1.6" />
        <circle cx="8" cy="8" r="1.6" />
        <circle cx="13" cy="8" r="1.6" />
      </g>
    ),
  },
};

const CONNECTION: Record<
  ClusterStatus['state'],
  { tone: Tone; shape: ReactElement }
> = {
  connected: HEALTH.healthy,
  connecting: HEALTH.progressing,
  forbidden: {
    tone: 'warning',
    shape: (
      <>
        <circle cx="8" cy="8" r="6.5" {...line} />
        <path d="M4.5 8h7" {...line} />
      </>
    ),
  },
  unreachable: HEALTH.degraded,
  'not-installed': { tone: 'quiet', shape: HEALTH.missing.shape },
};

type SeverityWord =
  | NonNullable<PolicyFinding['severity']>
  | PolicyFinding['result'];

const SEVERITY: Record<SeverityWord, { tone: Tone; shape: ReactElement }> = {
  critical: {
    tone: 'negative',
    shape: <path d="M8 0 16 8 8 16 0 8z" fill="currentColor" />,
  },
  high: HEALTH.degraded,
  medium: {
    tone: 'warning',
    shape: <path d="M8 2.2 14.8 14H1.2z" {...line} />,
  },
  low: {
    tone: 'quiet',
    shape: <path d="M2.5 5 8 11.5 13.5 5" {...line} />,
  },
  info: {
    tone: 'quiet',
    shape: (
      <>
        <circle cx="8" cy="3" r="1.6" fill="currentColor" />
        <path d="M8 7v7" {...line} />
      </>
    ),
  },
  fail: HEALTH.degraded,
  error: { tone: 'warning', shape: HEALTH.unknown.shape },
  warn: {
    tone: 'warning',
    shape: <path d="M8 2.2 14.8 14H1.2z" {...line} />,
  },
};

const OUTCOMES: Record<CommandOutcome, { tone: Tone; shape: ReactElement }> = {
  failed: HEALTH.degraded,
  pruned: {
    tone: 'warning',
    shape: <path d="M3 3 13 13M13 3 3 13" {...line} />,
  },
  'prune-skipped': { tone: 'quiet', shape: HEALTH.missing.shape },
  created: { tone: 'quiet', shape: <path d="M8 2v12M2 8h12" {...line} /> },
  changed: { tone: 'quiet', shape: SYNC['out-of-sync'].shape },
  applied: { tone: 'quiet', shape: SYNC.synced.shape },
  unchanged: {
    tone: 'quiet',
    shape: <path d="M2.5 5.5h11M2.5 10.5h11" {...line} />,
  },
};

interface MarkProps {
  size?: 'small' | 'large';
  /**
   * `visible` beside the shape; `hidden` for screen readers where the word already stands
   * nearby; `none` where the surrounding control is labelled with it.
   */
  word?: 'visible' | 'hidden' | 'none';
}

function Mark(
  props: MarkProps & { tone: Tone; shape: ReactElement; text: string },
) {
  const { size = 'small', word = 'visible', tone, shape, text } = props;
  const words: Record<typeof word, ReactNode> = {
    visible: <span className={styles.word}>{text}</span>,
    hidden: <VisuallyHidden>{text}</VisuallyHidden>,
    none: null,
  };
  return (
    <span
      className={[
        styles.mark,
        styles[tone],
        size === 'large' ? styles.large : '',
      ].join(' ')}
      title={word === 'hidden' ? text : undefined}
    >
      <svg className={styles.icon} viewBox="0 0 16 16" aria-hidden="true">
        {shape}
      </svg>
      {words[word]}
    </span>
  );
}

/** Health as shape, word and colour: the one way it is drawn everywhere. */
export function HealthMark(props: MarkProps & { health: HealthStatus }) {
  const { health, ...rest } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  return <Mark {...rest} {...HEALTH[health]} text={t(`health.${health}`)} />;
}

/** Sync as shape, word and colour: the one way it is drawn everywhere. */
export function SyncMark(props: MarkProps & { sync: SyncStatus }) {
  const { sync, ...rest } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  return <Mark {...rest} {...SYNC[sync]} text={t(`sync.${sync}`)} />;
}

/** How a cluster, or one of its kinds, can be seen: as shape, word and colour. */
export function ConnectionMark(
  props: MarkProps & { state: ClusterStatus['state'] },
) {
  const { state, ...rest } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  return (
    <Mark
      {...rest}
      {...CONNECTION[state]}
      text={t(`clusters.states.${state}`)}
    />
  );
}

/** What became of an object of a command: quiet unless it failed or is deleted. */
export function OutcomeMark(props: MarkProps & { outcome: CommandOutcome }) {
  const { outcome, ...rest } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  return (
    <Mark
      {...rest}
      {...OUTCOMES[outcome]}
      text={t(`command.outcome.${outcome}`)}
    />
  );
}

/** How bad a violation of a policy is; its result where the policy does not judge. */
export function SeverityMark(
  props: MarkProps & {
    finding: Pick<PolicyFinding, 'severity' | 'result'>;
  },
) {
  const { finding, ...rest } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const word = finding.severity ?? finding.result;
  return (
    <Mark
      {...rest}
      {...SEVERITY[word]}
      text={t(`guardrails.severity.${word}`)}
    />
  );
}
