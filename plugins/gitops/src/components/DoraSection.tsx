// Of core-plugin-api, because that one works in both systems.
import { useRouteRef } from '@backstage/core-plugin-api';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link } from '@backstage/ui';
import type { DoraReport } from '@fairway/plugin-gitops-common';
import { DEFAULT_DORA_DAYS, useDora } from '../hooks/useDora';
import { useDoraView } from '../hooks/useDoraView';
import { doraRouteRef } from '../routes';
import { gitopsTranslationRef } from '../translation';
import { DoraDialog } from './DoraDialog';
import { DoraTiles } from './DoraTiles';
import { Section } from './Section';

/** The five metrics of one service, with the way to its full report. */
export function DoraSection(props: { report: DoraReport; entityRef: string }) {
  const { report, entityRef } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const reportLink = useRouteRef(doraRouteRef);
  const { view, show, linkTo } = useDoraView();
  // A service's page carries its numbers; the deployments behind them are asked for when
  // somebody wants to see them.
  const details = useDora(
    view.why && {
      scope: { kind: 'service', ref: entityRef },
      days: DEFAULT_DORA_DAYS,
    },
  );
  const query = new URLSearchParams({ scope: 'service', ref: entityRef });
  return (
    <Section
      title={t('dora.title')}
      note={t('dora.window')}
      actions={
        reportLink && (
          <Link href={`${reportLink()}?${query}`}>{t('dora.fullReport')}</Link>
        )
      }
    >
      <DoraTiles
        report={report}
        onWhy={why => show({ why, deployment: undefined })}
      />
      {view.why && (
        <DoraDialog
          view={view}
          dora={details}
          linkTo={linkTo}
          onClose={() => show({ why: undefined, deployment: undefined })}
        />
      )}
    </Section>
  );
}
