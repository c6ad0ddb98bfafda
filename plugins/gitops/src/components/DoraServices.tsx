import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link } from '@backstage/ui';
import {
  DORA_METRICS,
  type DoraResponse,
  type DoraResult,
  type DoraScope,
} from '@fairway/plugin-gitops-common';
import { useDoraText } from '../hooks/useDoraText';
import { gitopsTranslationRef } from '../translation';
import { EntityName } from './EntityName';
import { Section } from './Section';
import styles from './DoraTable.module.css';

type Service = DoraResponse['services'][number];

function Value(props: { result: DoraResult }) {
  const { result } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const text = useDoraText();
  if (result.status === 'not-enough-data') {
    return (
      <span
        className={styles.none}
        title={result.reason}
        role="img"
        aria-label={t('dora.notEnough')}
      >
        –
      </span>
    );
  }
  const { number, unit } = text(result);
  return (
    <>
      {number} {unit}
    </>
  );
}

function Row(props: { service: Service; href: string }) {
  const { service, href } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  return (
    <tr className={styles.row}>
      <th scope="row" className={styles.wide}>
        <Link href={href} className={styles.name}>
          {service.name}
        </Link>
      </th>
      <td className={styles.owner} data-label={t('fleet.owner')}>
        {service.owner ? (
          <EntityName entityRef={service.owner} />
        ) : (
          t('fleet.noOwner')
        )}
      </td>
      {service.deployments === 0 ? (
        <td
          className={`${styles.nothing} ${styles.wide}`}
          colSpan={DORA_METRICS.length + 1}
        >
          {t('dora.nothingCounted')}
        </td>
      ) : (
        <>
          <td data-label={t('dora.deployments')}>{service.deployments}</td>
          {DORA_METRICS.map((id, index) => (
            <td key={id} data-label={t(`dora.${id}`)}>
              <Value result={service.values[index]} />
            </td>
          ))}
        </>
      )}
    </tr>
  );
}

/** The services of a scope with their own five values; each row opens the service's report. */
export function DoraServices(props: {
  services: Service[];
  linkTo: (scope: DoraScope) => string;
}) {
  const { services, linkTo } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  return (
    <Section title={t('dora.services')} note={t('dora.worstFirst')}>
      <div className={`${styles.scroller} ${styles.services}`}>
        <table className={styles.table} aria-label={t('dora.servicesTable')}>
          <thead>
            <tr>
              <th scope="col">{t('fleet.service')}</th>
              <th scope="col" className={styles.owner}>
                {t('fleet.owner')}
              </th>
              <th scope="col">{t('dora.deployments')}</th>
              {DORA_METRICS.map(id => (
                <th scope="col" key={id}>
                  {t(`dora.${id}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {services.map(service => (
              <Row
                key={service.entityRef}
                service={service}
                href={linkTo({ kind: 'service', ref: service.entityRef })}
              />
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}
