import { Link, useSidebarOpenState } from '@backstage/core-components';
import { FairwayMark } from './FairwayMark';
import styles from './SidebarLogo.module.css';

export function SidebarLogo() {
  const { isOpen } = useSidebarOpenState();
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
    </div>
  );
}
