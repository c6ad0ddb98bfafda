import type { ReactNode } from 'react';
import { Link } from '@backstage/ui';
import { RiExternalLinkLine } from '@remixicon/react';

/** A link that leaves the portal. An address that no browser should follow is plain text. */
export function ExternalLink(props: { href?: string; children: ReactNode }) {
  const { href, children } = props;
  if (!href || !/^https?:\/\//i.test(href)) {
    return <span>{children}</span>;
  }
  return (
    <Link href={href} target="_blank" rel="noopener noreferrer">
      {children}{' '}
      <RiExternalLinkLine
        size={13}
        aria-hidden="true"
        style={{ verticalAlign: '-2px' }}
      />
    </Link>
  );
}
