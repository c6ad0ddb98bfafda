import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { ButtonLink } from '@backstage/ui';
import type {
  Application,
  CommandPermission,
  CommandRun,
  Deployment,
  Environment,
  FleetCell,
  FleetRow,
} from '@fairway/plugin-gitops-common';
import { useApplication } from '../hooks/useApplication';
import { useService } from '../hooks/useService';
import { useServiceLink } from '../hooks/useServiceLink';
import type { FoldedCell } from '../model/fleetMatrix';
import { troubleOf, troubleOfCell } from '../model/trouble';
import { gitopsTranslationRef } from '../translation';
import { ApplicationOrigin } from './ApplicationOrigin';
import { CommandButtons } from './CommandButtons';
import { DeploymentOutcome } from './DeploymentOutcome';
import { ExternalLink } from './ExternalLink';
import { PolicyText } from './PolicyText';
import { ErrorPanel, OutdatedNotice } from './QueryState';
import { RelativeTime } from './RelativeTime';
import { SidePanel } from './SidePanel';
import { HealthMark, SyncMark } from './StateMark';
import { TroubleView } from './TroubleView';
import { Version } from './Version';
import styles from './FleetPanel.module.css';

function CellFacts(props: {
  cell: FleetCell;
  application?: Application;
  /** The last one in full, which knows its failures. */
  deployment?: Deployment;
}) {
  const { cell, application, deployment } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const { lastDeployment, ref } = cell;
  return (
    <dl className={styles.facts}>
      <dt>{t('panel.lastDeployment')}</dt>
      <dd>
        {lastDeployment ? (
          <>
            <RelativeTime value={lastDeployment.finishedAt} ago />{' '}
            {lastDeployment.author &&
              t('common.by', { author: lastDeployment.author })}
            {' · '}
            <DeploymentOutcome
              deployment={deployment ?? { ...lastDeployment, failures: [] }}
            />
          </>
        ) : (
          t('common.never')
        )}
      </dd>
      {application && (
        <>
          <dt>{t('panel.policy')}</dt>
          <dd>
            <PolicyText application={application} />
          </dd>
        </>
      )}
      <dt>{t('panel.cluster')}</dt>
      <dd>{ref.cluster}</dd>
      <dt>{t('panel.object')}</dt>
      <dd>
        {ref.kind} {ref.namespace ? `${ref.namespace}/` : ''}
        {ref.name}
      </dd>
      {application && <ApplicationOrigin application={application} />}
    </dl>
  );
}

function PanelApplication(props: {
  cell: FleetCell;
  application?: Application;
  deployment?: Deployment;
  permission?: CommandPermission;
  runs?: readonly CommandRun[];
  name: string;
  several: boolean;
  onDone: () => void;
}) {
  const { cell, application, permission, runs, name, several, onDone } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const now = application ?? cell;
  const trouble = application ? troubleOf(application) : troubleOfCell(cell);
  const engine = t(`engine.${cell.engine}`);
  return (
    <section className={styles.application}>
      {several && <h3 className={styles.heading}>{cell.ref.cluster}</h3>}
      <div className={styles.state}>
        <HealthMark health={now.health} size="large" />
        <SyncMark sync={now.sync} size="large" />
        <Version value={now.version ?? now.revision} copyable />
      </div>
      {trouble ? (
        <TroubleView trouble={trouble} engine={cell.engine} />
      ) : (
        <p className={styles.well}>{t('panel.allWell')}</p>
      )}
      {application && permission && (
        <CommandButtons
          application={application}
          permission={permission}
          name={name}
          runs={runs}
          onDone={onDone}
        />
      )}
      <CellFacts
        cell={cell}
        application={application}
        deployment={props.deployment}
      />
      {application && (
        <div className={styles.links}>
          {application.engineUrl && (
            <ExternalLink href={application.engineUrl}>
              {t('panel.openEngine', { engine })}
            </ExternalLink>
          )}
          {application.externalUrls.slice(0, 3).map(url => (
            <ExternalLink key={url} href={url}>
              {t('panel.openApp')}
            </ExternalLink>
          ))}
        </div>
      )}
    </section>
  );
}

/** What a cell of the fleet stands for: what is wrong, since when, and what can be done. */
export function FleetPanel(props: {
  row: FleetRow;
  cell: FoldedCell;
  environments: Environment[];
  onClose: () => void;
}) {
  const { row, cell, environments, onClose } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const serviceLink = useServiceLink();
  const service = useService(row.entityRef);
  const single = useApplication(row.entityRef ? undefined : cell.cells[0].id);
  const query = row.entityRef ? service : single;
  const applications = service.value
    ? [
        ...service.value.environments.flatMap(e => e.applications),
        ...service.value.otherApplications,
      ]
    : [single.value].filter(application => application !== undefined);
  const title = row.title ?? row.name;
  const environment =
    environments.find(({ name }) => name === cell.environment)?.title ??
    t('fleet.otherEnvironment');
  return (
    <SidePanel
      title={title}
      subtitle={environment}
      label={t('panel.label', { service: title, environment })}
      onClose={onClose}
    >
      <OutdatedNotice error={query.error} updatedAt={query.updatedAt} />
      {query.error && !query.value && (
        <ErrorPanel error={query.error} retry={query.retry} />
      )}
      {cell.cells.map(one => (
        <PanelApplication
          key={one.id}
          cell={one}
          application={applications.find(({ id }) => id === one.id)}
          deployment={service.value?.deployments.find(
            ({ id }) => id === one.lastDeployment?.id,
          )}
          permission={query.value?.permissions.operate}
          runs={query.value?.commandRuns}
          name={t('panel.label', { service: title, environment })}
          several={cell.cells.length > 1}
          onDone={query.retry}
        />
      ))}
      {row.entityRef ? (
        <div>
          <ButtonLink variant="secondary" href={serviceLink(row.entityRef)}>
            {t('common.openService', { name: title })}
          </ButtonLink>
        </div>
      ) : (
        <p className={styles.note}>{t('panel.noService')}</p>
      )}
    </SidePanel>
  );
}
