import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { VisuallyHidden } from '@backstage/ui';
import type { CommandRun } from '@fairway/plugin-gitops-common';
import { summarizeResults, type ResultLine } from '../model/commandResults';
import { gitopsTranslationRef } from '../translation';
import { OutcomeMark } from './StateMark';
import styles from './CommandRuns.module.css';

function Row(props: { line: ResultLine }) {
  const { outcome, object, hook, message, whole } = props.line;
  const { t } = useTranslationRef(gitopsTranslationRef);
  return (
    <tr title={whole}>
      <td className={styles.outcome}>
        <OutcomeMark outcome={outcome} />
      </td>
      <th scope="row">
        {object}
        {hook && (
          <span className={styles.note}>
            {' · '}
            {t('command.run.hook', { phase: hook })}
          </span>
        )}
        {message && <div className={styles.note}>{message}</div>}
      </th>
    </tr>
  );
}

/** What a command did to each object, or would do; nothing where its engine does not tell. */
export function CommandResults(props: { run: CommandRun }) {
  const { request, results = [], omittedResults, state } = props.run;
  const { t } = useTranslationRef(gitopsTranslationRef);
  if (results.length === 0) {
    return null;
  }
  const { counts, lines } = summarizeResults(results);
  const title = t(
    request.dryRun ? 'command.run.wouldHappen' : 'command.run.happened',
  );
  const summary = `${title}: ${counts
    .map(({ outcome, count }) =>
      t(`command.outcomes.${outcome}`, { n: String(count) }),
    )
    .join(', ')}`;
  const omitted = omittedResults
    ? t('command.run.omitted', { count: omittedResults })
    : undefined;
  if (lines.length === 0) {
    return (
      <p className={styles.text}>
        {[summary, omitted].filter(Boolean).join('. ')}
      </p>
    );
  }
  return (
    <details
      className={styles.details}
      open={request.dryRun || state === 'failed'}
      // The outcome is announced; who wants each object reads the table.
      aria-live="off"
    >
      <summary>{summary}</summary>
      <div
        className={styles.results}
        role="group"
        aria-label={title}
        // Higher than its place: reachable to be scrolled by keyboard.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
      >
        <table aria-label={title}>
          <thead>
            <tr>
              <th scope="col">
                <VisuallyHidden>{t('command.run.outcome')}</VisuallyHidden>
              </th>
              <th scope="col">
                <VisuallyHidden>{t('command.run.object')}</VisuallyHidden>
              </th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line, index) => (
              // A hook may run in several phases, under one name.
              <Row key={index} line={line} />
            ))}
          </tbody>
        </table>
        {omitted && <p className={styles.note}>{omitted}</p>}
      </div>
    </details>
  );
}
