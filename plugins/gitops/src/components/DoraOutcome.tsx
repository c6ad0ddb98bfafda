import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { VisuallyHidden } from '@backstage/ui';
import type { Deployment } from '@fairway/plugin-gitops-common';
import { gitopsTranslationRef } from '../translation';
import { HealthMark } from './StateMark';

/** How a deployment went, as DORA sees it: one that needed repair failed, even if it is over. */
export function DoraOutcome(props: {
  deployment: Pick<Deployment, 'outcome' | 'failures'>;
  word: 'visible' | 'hidden';
}) {
  const { deployment, word } = props;
  const { outcome, failures } = deployment;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const failed = outcome === 'failed' || failures.length > 0;
  const over = failures.length > 0 && failures.every(({ endedAt }) => endedAt);
  let text: string = t('timeline.succeeded');
  if (failed) {
    text = over ? t('dora.failedOver') : t('timeline.failed');
  }
  return (
    <span
      style={{ display: 'inline-flex', alignItems: 'center', gap: 6 }}
      title={word === 'hidden' ? text : undefined}
    >
      <HealthMark health={failed ? 'degraded' : 'healthy'} word="none" />
      {word === 'visible' ? text : <VisuallyHidden>{text}</VisuallyHidden>}
    </span>
  );
}
