import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  SEVERITIES,
  type PlacedFinding,
  type PolicyState,
} from '../model/policyFindings';
import type { PlaceOf } from '../model/places';
import { gitopsTranslationRef } from '../translation';
import { CappedList } from './CappedList';
import { FactList } from './FactList';
import { FactPlace } from './FactPlace';
import { SeverityMark } from './StateMark';
import styles from './FactRows.module.css';

function Finding(props: { finding: PlacedFinding; placeOf: PlaceOf }) {
  const { finding, placeOf } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const { policy, rule, resource, result, severity, message } = finding;
  return (
    <li className={styles.row}>
      <SeverityMark finding={finding} />
      <span className={styles.lead}>
        <span className={styles.name}>
          {[policy, rule].filter(Boolean).join(' / ')}
        </span>{' '}
        <span className={styles.detail}>
          {[
            resource && `${resource.kind} ${resource.name}`,
            severity && result !== 'fail' && t(`guardrails.severity.${result}`),
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
      <FactPlace
        place={placeOf(...finding.places)}
        staleSince={finding.staleSince}
      />
      {message && <p className={styles.message}>{message}</p>}
    </li>
  );
}

/** What policies found fault with, the worst first. */
export function PolicyFindings(props: {
  policies: PolicyState;
  placeOf: PlaceOf;
}) {
  const { policies, placeOf } = props;
  const { findings, omitted, silent } = policies;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const counts = [...SEVERITIES, undefined].flatMap(severity => {
    const n = findings.filter(one => one.severity === severity).length;
    return n > 0
      ? t(severity ? 'guardrails.ofSeverity' : 'guardrails.unjudged', {
          n: String(n),
          severity: severity
            ? t(`guardrails.severity.${severity}`).toLowerCase()
            : '',
        })
      : [];
  });
  return (
    <div className={styles.area}>
      <div className={styles.head}>
        <h3 className={styles.title}>{t('guardrails.policies')}</h3>
        <span className={styles.note}>{counts.join(' · ')}</span>
      </div>
      {findings.length > 0 && (
        <CappedList items={findings} label={t('guardrails.policies')}>
          {finding => (
            <Finding key={finding.key} finding={finding} placeOf={placeOf} />
          )}
        </CappedList>
      )}
      {omitted > 0 && (
        <p className={styles.note}>
          {t('guardrails.omitted', { count: omitted })}
        </p>
      )}
      {silent.length > 0 && (
        <FactList
          facts={silent}
          label={t('guardrails.silent')}
          placeOf={({ environment, ref }) =>
            placeOf({ environment, cluster: ref.cluster })
          }
        />
      )}
    </div>
  );
}
