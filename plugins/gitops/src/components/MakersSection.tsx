import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { Fact, ServiceResponse } from '@fairway/plugin-gitops-common';
import { isMaker, readMaker } from '../model/makers';
import { placeIn } from '../model/places';
import { gitopsTranslationRef } from '../translation';
import { MakerDetails, useMakerSummary } from './MakerDetails';
import { Section } from './Section';
import { HealthMark } from './StateMark';
import styles from './FactRows.module.css';

function Maker(props: { fact: Fact; place: string }) {
  const { fact, place } = props;
  const maker = readMaker(fact);
  const summary = useMakerSummary(maker);
  return (
    <li className={styles.row}>
      <HealthMark health={fact.health} />
      <span className={`${styles.lead} ${styles.name}`}>{fact.title}</span>
      <span className={styles.place}>{place}</span>
      {/* What is wrong with one that is degraded stands at the top of the page. */}
      {fact.health !== 'degraded' && fact.message && (
        <p className={styles.message}>{fact.message}</p>
      )}
      <details className={`${styles.details} ${styles.message}`}>
        <summary>{summary}</summary>
        <MakerDetails maker={maker} />
      </details>
    </li>
  );
}

/** What makes the applications of a service, and what its projects allow; nothing when unknown. */
export function MakersSection(props: { service: ServiceResponse }) {
  const { service } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const facts = service.facts.filter(isMaker);
  const placeOf = placeIn(service);
  if (facts.length === 0) {
    return null;
  }
  return (
    <Section title={t('makers.title')}>
      <ul className={styles.list} aria-label={t('makers.title')}>
        {facts.map(fact => (
          <Maker
            key={fact.id}
            fact={fact}
            place={placeOf({
              environment: fact.environment,
              cluster: fact.ref.cluster,
            })}
          />
        ))}
      </ul>
    </Section>
  );
}
