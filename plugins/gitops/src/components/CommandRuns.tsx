import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import {
  isCommandOver,
  type CommandRun,
  type HealthStatus,
} from '@fairway/plugin-gitops-common';
import { useDismissed } from '../hooks/useDismissed';
import { useNow } from '../hooks/useNow';
import { useRunTitle } from '../hooks/useRunTitle';
import { runsToShow } from '../model/commandRuns';
import { firstSentence, formatSeconds } from '../model/format';
import { gitopsTranslationRef } from '../translation';
import { CommandResults } from './CommandResults';
import { EntityName } from './EntityName';
import { RelativeTime } from './RelativeTime';
import { HealthMark } from './StateMark';
import styles from './CommandRuns.module.css';

const MARKS: Record<CommandRun['state'], HealthStatus> = {
  requested: 'progressing',
  running: 'progressing',
  succeeded: 'healthy',
  failed: 'degraded',
  superseded: 'unknown',
  lost: 'unknown',
};

function RunView(props: { run: CommandRun; dismiss: () => void }) {
  const { run, dismiss } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const now = useNow();
  const isOver = isCommandOver(run);
  const seconds = Math.max(0, (now - Date.parse(run.requestedAt)) / 1000);
  const title = useRunTitle()(run);
  const sentence = firstSentence(run.message);
  return (
    <div
      className={`${styles.run} ${run.state === 'failed' ? styles.bad : ''}`}
    >
      <div className={styles.head}>
        <HealthMark health={MARKS[run.state]} word="none" />
        <span className={styles.title}>{title}</span>
        <span className={styles.by}>
          {t('command.run.askedBy')}{' '}
          <EntityName entityRef={run.requestedBy} defaultKind="user" />{' '}
          {isOver || seconds < 1 ? (
            <RelativeTime value={run.requestedAt} ago />
          ) : (
            t('common.ago', { age: formatSeconds(seconds) })
          )}
        </span>
        {isOver && (
          <Button
            size="small"
            variant="tertiary"
            aria-label={t('command.run.dismissLabel', { what: title })}
            onPress={dismiss}
          >
            {t('command.run.dismiss')}
          </Button>
        )}
      </div>
      {run.state !== 'requested' && <p className={styles.text}>{sentence}</p>}
      {run.state === 'lost' && (
        <p className={styles.text}>{t('command.run.lostHelp')}</p>
      )}
      {run.state !== 'requested' && run.message.trim() !== sentence && (
        <details className={styles.details}>
          <summary>{t('command.run.details')}</summary>
          <pre className={styles.whole}>{run.message}</pre>
        </details>
      )}
      <CommandResults run={run} />
    </div>
  );
}

/** How the last commands of an application stand, until they are over and seen. */
export function CommandRuns(props: {
  applicationId: string;
  runs: readonly CommandRun[];
}) {
  const { applicationId, runs } = props;
  const { dismissed, dismiss } = useDismissed();
  const now = useNow();
  const shown = runsToShow(runs, { applicationId, now, dismissed });
  // There from the start, so that screen readers hear what appears in it.
  return (
    <div className={styles.runs} role="status" aria-atomic="false">
      {shown.map(run => (
        <RunView key={run.id} run={run} dismiss={() => dismiss(run.id)} />
      ))}
    </div>
  );
}
