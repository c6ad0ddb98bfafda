import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { repositoryName } from '../model/applicationOrigin';
import { formatGoDuration } from '../model/format';
import type {
  GeneratedView,
  GeneratorView,
  InputsView,
  ProjectView,
  readMaker,
  WindowView,
} from '../model/makers';
import { gitopsTranslationRef } from '../translation';
import { HealthMark, SyncMark } from './StateMark';
import styles from './MakerDetails.module.css';

type MakerView = ReturnType<typeof readMaker>;

/** As many as are read at a glance; the rest is counted. */
const LIMIT = 20;

/** What there is to know of a maker, in a few words. */
export function useMakerSummary(maker: MakerView): string {
  const { t } = useTranslationRef(gitopsTranslationRef);
  switch (maker.of) {
    case 'project':
      return [
        maker.windows.length > 0
          ? t('makers.windowCount', { count: maker.windows.length })
          : t('makers.noWindows'),
        t('makers.destinationCount', { count: maker.destinations.length }),
      ].join(' · ');
    case 'inputs':
      return [
        maker.provider,
        t('makers.inputCount', { count: maker.inputs }),
      ].join(' · ');
    default: {
      const behind = maker.applications.filter(
        ({ sync }) => sync === 'out-of-sync',
      ).length;
      return [
        t('makers.applicationCount', { count: maker.applicationCount }),
        behind > 0 && t('makers.behindCount', { count: behind }),
      ]
        .filter(Boolean)
        .join(' · ');
    }
  }
}

/** A term with what belongs to it, one a line; nothing when nothing does. */
function Lines(props: {
  term: string;
  lines: readonly ReactNode[];
  /** How many there are, when some are left out. */
  total?: number;
}) {
  const { term, lines, total = lines.length } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const shown = lines.slice(0, LIMIT);
  const rest = total - shown.length;
  if (shown.length === 0) {
    return null;
  }
  return (
    <>
      <dt>{term}</dt>
      <dd>
        {shown.map((line, index) => (
          // Two lines may say the same.
          <div key={index}>{line}</div>
        ))}
        {rest > 0 && <div>{t('makers.more', { count: rest })}</div>}
      </dd>
    </>
  );
}

function Window(props: { window: WindowView }) {
  const { kind, schedule, duration, timeZone, ...window } = props.window;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const concerns = window.concerns
    .map(({ of, patterns }) =>
      t(`makers.concerns.${of}`, { names: patterns.join(', ') }),
    )
    .join(` ${t(window.needsAll ? 'makers.and' : 'makers.or')} `);
  return (
    <>
      {t(`makers.window.${kind}`)} <code>{schedule}</code>{' '}
      {[
        t('makers.lasts', { duration: formatGoDuration(duration), timeZone }),
        concerns || t('makers.concerns.nothing'),
        window.manualSync && t('makers.manualSync'),
        window.description,
      ]
        .filter(Boolean)
        .join(' · ')}
    </>
  );
}

function ProjectFacts(props: { project: ProjectView }) {
  const { description, windows, destinations, repositories } = props.project;
  const { t } = useTranslationRef(gitopsTranslationRef);
  return (
    <>
      <Lines
        term={t('makers.description')}
        lines={description ? [description] : []}
      />
      <Lines
        term={t('makers.windows')}
        lines={windows.map((window, index) => (
          <Window key={index} window={window} />
        ))}
      />
      <Lines
        term={t('makers.destinations')}
        lines={destinations.map(({ namespace, cluster }) =>
          t('makers.destination', { namespace, cluster }),
        )}
      />
      <Lines term={t('makers.repositories')} lines={repositories} />
    </>
  );
}

function Generated(props: { application: GeneratedView; steps?: number }) {
  const { application, steps } = props;
  const { name, health, sync, step, status } = application;
  const { t } = useTranslationRef(gitopsTranslationRef);
  return (
    <span className={styles.application}>
      {name}
      {health && <HealthMark health={health} />}
      {sync && <SyncMark sync={sync} />}
      {[
        step !== undefined &&
          (steps === undefined
            ? t('makers.step', { step: String(step) })
            : t('makers.stepOf', { step: String(step), steps: String(steps) })),
        status,
      ]
        .filter(Boolean)
        .join(' · ')}
    </span>
  );
}

function GeneratorFacts(props: { generator: GeneratorView }) {
  const { generators, reads, inputs, applications, applicationCount, steps } =
    props.generator;
  const { t } = useTranslationRef(gitopsTranslationRef);
  return (
    <>
      <Lines
        term={t('makers.applications')}
        lines={applications.map(application => (
          <Generated
            key={application.name}
            application={application}
            steps={steps}
          />
        ))}
        total={applicationCount}
      />
      <Lines
        term={t('makers.generators')}
        lines={generators.length > 0 ? [generators.join(', ')] : []}
      />
      <Lines
        term={t('makers.reads')}
        lines={reads.map(read => repositoryName(read))}
      />
      <Lines term={t('makers.inputs')} lines={inputs} />
    </>
  );
}

function InputFacts(props: { inputs: InputsView }) {
  const { url, labels, pullRequests } = props.inputs;
  const { t } = useTranslationRef(gitopsTranslationRef);
  return (
    <>
      <Lines
        term={t('makers.pullRequests')}
        lines={pullRequests.map(({ id, title, author }) =>
          [`#${id}`, title, author && t('common.by', { author })]
            .filter(Boolean)
            .join(' '),
        )}
      />
      <Lines
        term={t('makers.reads')}
        lines={url ? [repositoryName(url) || url] : []}
      />
      <Lines
        term={t('makers.labels')}
        lines={labels.length > 0 ? [labels.join(', ')] : []}
      />
    </>
  );
}

/** Everything that is known of what makes applications, or of what they must keep to. */
export function MakerDetails(props: { maker: MakerView }) {
  const { maker } = props;
  return (
    <dl className={styles.facts}>
      {maker.of === 'project' && <ProjectFacts project={maker} />}
      {maker.of === 'generator' && <GeneratorFacts generator={maker} />}
      {maker.of === 'inputs' && <InputFacts inputs={maker} />}
    </dl>
  );
}
