import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { ServiceResponse } from '@fairway/plugin-gitops-common';
import { describeObject } from '../model/applicationOrigin';
import { troubleOfFact } from '../model/factTrouble';
import { troubleOf } from '../model/trouble';
import { gitopsTranslationRef } from '../translation';
import { Section } from './Section';
import { TroubleView } from './TroubleView';

/** What is wrong with a service's applications and with what makes them; nothing when nothing is. */
export function ServiceTroubles(props: { service: ServiceResponse }) {
  const { service } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const places = [
    ...service.environments.flatMap(({ environment, applications }) =>
      applications.map(application => ({
        application,
        where:
          applications.length > 1
            ? `${environment.title} · ${application.ref.cluster}`
            : environment.title,
      })),
    ),
    ...service.otherApplications.map(application => ({
      application,
      where: application.ref.name,
    })),
  ];
  const troubles = places.flatMap(place => {
    const trouble = troubleOf(place.application);
    return trouble ? [{ ...place, trouble }] : [];
  });
  const makers = service.facts.flatMap(fact => troubleOfFact(fact) ?? []);
  if (troubles.length + makers.length === 0) {
    return null;
  }
  return (
    <Section title={t('trouble.title')}>
      {troubles.map(({ application, where, trouble }) => (
        <TroubleView
          key={application.id}
          trouble={trouble}
          engine={application.engine}
          where={where}
        />
      ))}
      {makers.map(({ fact, engine, trouble }) => (
        <TroubleView
          key={fact.id}
          trouble={trouble}
          engine={engine}
          where={describeObject(fact.ref)}
        />
      ))}
    </Section>
  );
}
