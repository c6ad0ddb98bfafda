import { Link, useSidebarOpenState } from '@backstage/core-components';
import { configApiRef, useApi } from '@backstage/frontend-plugin-api';
import { FairwayMark } from './FairwayMark';
import styles from './SidebarLogo.module.css';

const PLAYGROUND = 'Playground: a stand-in forge and cluster, nothing is real';

/** The mark and the name; with the playground behind it, it says so on every page. */
export function SidebarLogo() {
  const { isOpen } = useSidebarOpenState();
  const playground =
    useApi(configApiRef).getOptionalBoolean('fairway.playground');
  return (
    <div className={styles.root}>
      <Link
        to="/"
        underline="none"
        className={styles.link}
        aria-label="Fairway, home"
      >
        <FairwayMark size={32} />
        {isOpen && <span className={styles.name}>Fairway</span>}
      </Link>
      {playground && (
        <span
          className={isOpen ? styles.playground : styles.playgroundMark}
          title={PLAYGROUND}
        >
          Playground
        </span>
      )}
    </div>
  );
}
