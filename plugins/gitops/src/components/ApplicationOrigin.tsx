import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { Application } from '@fairway/plugin-gitops-common';
import {
  describeObject,
  describeSource,
  ownProject,
} from '../model/applicationOrigin';
import { gitopsTranslationRef } from '../translation';

/** As many as are told; the rest is counted by their engine. */
const MAX_NAMES = 10;

function Names(props: { names: string[] }) {
  const { names } = props;
  return (
    <>
      {names.slice(0, MAX_NAMES).map((name, index) => (
        // Two sources may be described alike.
        <div key={`${index} ${name}`}>{name}</div>
      ))}
      {names.length > MAX_NAMES && <div>+ {names.length - MAX_NAMES}</div>}
    </>
  );
}

/** Where an application comes from, as pairs of a list of facts. */
export function ApplicationOrigin(props: { application: Application }) {
  const { source, sources, drySource, parent, project, dependsOn } =
    props.application;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const several = sources && sources.length > 1;
  const from = (several ? sources : [source])
    .map(describeSource)
    .filter(Boolean);
  const facts: Array<[string, string[]]> = [
    [several ? t('origin.sources') : t('panel.source'), from],
    [t('origin.drySource'), drySource ? [describeSource(drySource)] : []],
    [t('origin.parent'), parent ? [describeObject(parent)] : []],
    [t('origin.project'), project ? [project] : []],
    [t('origin.dependsOn'), (dependsOn ?? []).map(describeObject)],
  ];
  return (
    <>
      {facts
        .filter(([, names]) => names.length > 0)
        .map(([term, names]) => (
          <div key={term} style={{ display: 'contents' }}>
            <dt>{term}</dt>
            <dd>
              <Names names={names} />
            </dd>
          </div>
        ))}
    </>
  );
}

/** The same in a few words, for a card: what made it, and its project when it has one of its own. */
export function OriginLine(props: { application: Application }) {
  const { parent } = props.application;
  const project = ownProject(props.application);
  const { t } = useTranslationRef(gitopsTranslationRef);
  return (
    <>
      {[
        parent && t('origin.madeBy', { parent: describeObject(parent) }),
        project && t('origin.inProject', { project }),
      ]
        .filter(Boolean)
        .join(' · ')}
    </>
  );
}
