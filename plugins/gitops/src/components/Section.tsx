import { useId, type ReactNode } from 'react';
import styles from './Section.module.css';

/** A titled part of a page. */
export function Section(props: {
  title: string;
  note?: string;
  actions?: ReactNode;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id}>
      <div className={styles.head}>
        <h2 className={styles.title} id={id}>
          {props.title}
        </h2>
        {props.note && <span className={styles.note}>{props.note}</span>}
        {props.actions && <div className={styles.actions}>{props.actions}</div>}
      </div>
      {props.children}
    </section>
  );
}
