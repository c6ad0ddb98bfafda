import {
  LABEL_COMPONENT,
  LABEL_ENVIRONMENT,
  LABEL_TEAM,
} from '@fairway/plugin-gitops-common';
import type { ServiceModel } from './model';

/** What says whose an object is. */
type Labelled = Pick<ServiceModel, 'name' | 'team' | 'partOf'>;

/** Says who wrote an object, as `app.kubernetes.io/managed-by` is meant. */
const MANAGED_BY = 'fairway';

/** What selects the pods of a service; never to be changed, because selectors are immutable. */
export function selectorLabels(
  model: Pick<ServiceModel, 'name'>,
): Record<string, string> {
  return { 'app.kubernetes.io/name': model.name };
}

/** Labels of every object of a service, in whatever environment. */
export function serviceLabels(model: Labelled): Record<string, string> {
  return {
    ...selectorLabels(model),
    ...(model.partOf ? { 'app.kubernetes.io/part-of': model.partOf } : {}),
    [LABEL_COMPONENT]: model.name,
    [LABEL_TEAM]: model.team,
  };
}

/** Labels of the objects that register an environment of a service with an engine. */
export function registrationLabels(
  model: Labelled,
  environment?: string,
): Record<string, string> {
  return {
    ...serviceLabels(model),
    'app.kubernetes.io/managed-by': MANAGED_BY,
    ...(environment ? { [LABEL_ENVIRONMENT]: environment } : {}),
  };
}
