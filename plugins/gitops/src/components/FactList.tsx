import type { Fact } from '@fairway/plugin-gitops-common';
import { CappedList } from './CappedList';
import { FactPlace } from './FactPlace';
import { HealthMark } from './StateMark';
import styles from './FactRows.module.css';

/** Facts of whatever kind, one line each, as their observers put them. */
export function FactList(props: {
  facts: readonly Fact[];
  label: string;
  placeOf: (fact: Fact) => string;
}) {
  const { facts, label, placeOf } = props;
  return (
    <CappedList items={facts} label={label}>
      {fact => (
        <li className={styles.row} key={fact.id}>
          <HealthMark health={fact.health} />
          <span className={styles.lead}>{fact.title}</span>
          <FactPlace place={placeOf(fact)} staleSince={fact.staleSince} />
          {fact.message && <p className={styles.message}>{fact.message}</p>}
        </li>
      )}
    </CappedList>
  );
}
