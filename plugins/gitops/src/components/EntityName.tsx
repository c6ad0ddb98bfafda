import { useEntityPresentation } from '@backstage/plugin-catalog-react';

/** The name that people know an entity by. */
export function EntityName(props: {
  entityRef: string;
  /** Kind that goes without saying here. Default: group. */
  defaultKind?: string;
}) {
  const { entityRef, defaultKind = 'group' } = props;
  const { primaryTitle, secondaryTitle } = useEntityPresentation(entityRef, {
    defaultKind,
  });
  return <span title={secondaryTitle ?? entityRef}>{primaryTitle}</span>;
}
