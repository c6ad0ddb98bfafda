import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { Application } from '@fairway/plugin-gitops-common';
import { gitopsTranslationRef } from '../translation';

/** The sync policy in words, with its migration phase. */
export function PolicyText(props: {
  application: Pick<Application, 'policy' | 'phase'>;
}) {
  const { policy, phase } = props.application;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const words = policy.automated
    ? [
        t('policy.automated'),
        policy.prune && t('policy.prune'),
        policy.selfHeal && t('policy.selfHeal'),
      ]
    : [t('policy.manual')];
  return (
    <span>
      {[...words, t('policy.phase', { phase: String(phase) })]
        .filter(Boolean)
        .join(' · ')}
    </span>
  );
}
