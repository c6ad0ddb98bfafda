/**
 * Label on every GitOps object that names the catalog component it belongs to.
 * Shared with the Kubernetes plugin, so that one label serves both.
 *
 * @public
 */
export const LABEL_COMPONENT = 'backstage.io/kubernetes-id';

/**
 * Label that names the environment of an application: the `name` of an entry of
 * `gitops.environments`.
 *
 * @public
 */
export const LABEL_ENVIRONMENT = 'fairway.dev/environment';

/** Label that names the owning team. @public */
export const LABEL_TEAM = 'team';

/** Label of a preview: the number of its pull request. @public */
export const LABEL_PULL_REQUEST = 'fairway.dev/pull-request';

/**
 * Entity annotation: the name of the component's Argo CD application, optionally
 * `namespace/name`, several separated by commas.
 *
 * @public
 */
export const ANNOTATION_ARGOCD_APP_NAME = 'argocd/app-name';

/** Entity annotation: a label selector (equality terms) of the component's Argo CD applications. @public */
export const ANNOTATION_ARGOCD_APP_SELECTOR = 'argocd/app-selector';

/** Entity annotation: a label selector of the component's Kubernetes objects. @public */
export const ANNOTATION_KUBERNETES_LABEL_SELECTOR =
  'backstage.io/kubernetes-label-selector';

/** Entity annotation: the value of {@link LABEL_COMPONENT} on the component's objects. @public */
export const ANNOTATION_KUBERNETES_ID = 'backstage.io/kubernetes-id';
