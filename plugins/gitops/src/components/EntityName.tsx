import { useEntityPresentation } from '@backstage/plugin-catalog-react';

/** The name that people know an entity by. */
export function EntityName(props: { entityRef: string }) {
  const { primaryTitle, secondaryTitle } = useEntityPresentation(
    props.entityRef,
    { defaultKind: 'group' },
  );
  return <span title={secondaryTitle ?? props.entityRef}>{primaryTitle}</span>;
}
