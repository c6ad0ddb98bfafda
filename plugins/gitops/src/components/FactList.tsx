import type { Fact } from '@fairway/plugin-gitops-common';
import { HealthMark } from './StateMark';
import styles from './FactList.module.css';

/** What Fairway knows beside the applications: policies, secrets, backups, rollouts. */
export function FactList(props: { facts: Fact[] }) {
  return (
    <ul className={styles.list}>
      {props.facts.map(fact => (
        <li className={styles.fact} key={fact.id}>
          <HealthMark health={fact.health} />
          <span>{fact.title}</span>
          {fact.message && (
            <span className={styles.message}>{fact.message}</span>
          )}
        </li>
      ))}
    </ul>
  );
}
