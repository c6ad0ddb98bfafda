import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link, Skeleton, VisuallyHidden } from '@backstage/ui';
import { DORA_METRICS, type DoraResponse } from '@fairway/plugin-gitops-common';
import { useDora } from '../hooks/useDora';
import { useDoraView, type DoraView } from '../hooks/useDoraView';
import { useServiceLink } from '../hooks/useServiceLink';
import { formatDay, refName } from '../model/doraText';
import { gitopsTranslationRef } from '../translation';
import { DoraDialog } from './DoraDialog';
import { DoraServices } from './DoraServices';
import { DoraTiles } from './DoraTiles';
import { DoraToolbar } from './DoraToolbar';
import { ChartSkeletons, DoraTrends } from './DoraTrends';
import { EmptyPanel, ErrorPanel, OutdatedNotice } from './QueryState';
import { Section } from './Section';
import styles from './Page.module.css';
import tileStyles from './DoraTile.module.css';

const DAY_MS = 86_400_000;

/** Whether an answer is to this view, and not to the one before, which is shown meanwhile. */
function answers({ scope, report }: DoraResponse, view: DoraView): boolean {
  const { from, to } = report.window;
  const days = Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
  return (
    scope.kind === view.scope.kind &&
    scope.ref === view.scope.ref &&
    days === view.days
  );
}

function DoraSkeleton() {
  const { t } = useTranslationRef(gitopsTranslationRef);
  return (
    <div role="status" className={tileStyles.skeleton}>
      <VisuallyHidden>{t('common.loading')}</VisuallyHidden>
      <Skeleton width={240} height={19} />
      <div className={tileStyles.tiles}>
        {DORA_METRICS.map(id => (
          <Skeleton key={id} width="100%" height={205} />
        ))}
      </div>
      <Skeleton width={120} height={32} />
      <ChartSkeletons count={DORA_METRICS.length} />
    </div>
  );
}

function Backfilled(props: { response: DoraResponse }) {
  const { t } = useTranslationRef(gitopsTranslationRef);
  const count = props.response.deployments.filter(
    ({ source, counted }) => counted && source === 'git',
  ).length;
  return count > 0 ? (
    <p className={tileStyles.reason}>{t('dora.backfilled', { count })}</p>
  ) : null;
}

function Report(props: {
  response: DoraResponse;
  busy: boolean;
  view: DoraView;
  show: (change: Partial<DoraView>) => void;
  linkTo: (change: Partial<DoraView>) => string;
}) {
  const { response, busy, show, linkTo } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const serviceLink = useServiceLink();
  const { report, scope, services } = response;
  const { from, to, timeZone } = report.window;
  if (scope.kind !== 'service' && services.length === 0) {
    return (
      <EmptyPanel
        title={t('dora.noServices')}
        text={t('dora.noServicesHelp')}
      />
    );
  }
  return (
    <>
      <Section
        title={scope.ref ? refName(scope.ref) : t('dora.everything')}
        note={t('dora.period', {
          from: formatDay(from, timeZone),
          to: formatDay(to, timeZone, true),
          zone: timeZone,
        })}
        actions={
          scope.kind === 'service' &&
          scope.ref && (
            <Link href={serviceLink(scope.ref)}>
              {t('dora.openService', { name: refName(scope.ref) })}
            </Link>
          )
        }
      >
        <DoraTiles
          report={report}
          busy={busy}
          onWhy={why => show({ why, deployment: undefined })}
        />
        <Backfilled response={response} />
      </Section>
      <DoraTrends report={report} />
      {services.length > 0 && (
        <DoraServices
          services={services}
          linkTo={next => linkTo({ scope: next })}
        />
      )}
    </>
  );
}

/** The DORA metrics of everything, a team, a system or a service, down to each deployment. */
export function DoraPage() {
  const { view, show, linkTo } = useDoraView();
  const dora = useDora({ scope: view.scope, days: view.days });
  const response = dora.value;
  const current = response && answers(response, view);
  const failed = !current && dora.error;
  return (
    <div className={styles.page}>
      {current && (
        <OutdatedNotice error={dora.error} updatedAt={dora.updatedAt} />
      )}
      <DoraToolbar view={view} response={response} onChange={show} />
      {failed && <ErrorPanel error={failed} retry={dora.retry} />}
      {!failed && response && (
        <Report
          response={response}
          busy={!current}
          view={view}
          show={show}
          linkTo={linkTo}
        />
      )}
      {!failed && !response && <DoraSkeleton />}
      {(view.why || view.deployment) && (
        <DoraDialog
          view={view}
          dora={dora}
          linkTo={linkTo}
          onClose={() => show({ why: undefined, deployment: undefined })}
        />
      )}
    </div>
  );
}
