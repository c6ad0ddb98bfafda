import { useEffect, useRef, useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Dialog, DialogBody, DialogHeader } from '@backstage/ui';
import type { DoraResponse } from '@fairway/plugin-gitops-common';
import type { DoraView } from '../hooks/useDoraView';
import type { LiveQuery } from '../hooks/useLiveQuery';
import { refName } from '../model/doraText';
import { gitopsTranslationRef } from '../translation';
import { DoraDeployment } from './DoraDeployment';
import { DoraWhy } from './DoraWhy';
import { PageSkeleton } from './PageSkeleton';
import { ErrorPanel } from './QueryState';

interface DoraDialogProps {
  view: DoraView;
  dora: LiveQuery<DoraResponse>;
  linkTo: (change: Partial<DoraView>) => string;
  onClose: () => void;
}

function metricOf({ dora, view }: DoraDialogProps) {
  return dora.value?.report.metrics.find(({ id }) => id === view.why);
}

function Explanation(props: DoraDialogProps & { cameFrom?: string }) {
  const { dora, linkTo, cameFrom } = props;
  const metric = metricOf(props);
  if (dora.value && metric) {
    return (
      <DoraWhy
        metric={metric}
        response={dora.value}
        linkTo={deployment => linkTo({ deployment })}
        cameFrom={cameFrom}
      />
    );
  }
  return dora.error ? (
    <ErrorPanel error={dora.error} retry={dora.retry} />
  ) : (
    <PageSkeleton rows={8} />
  );
}

/** Why a metric is what it is, and, one step further, one of the deployments behind it. */
export function DoraDialog(props: DoraDialogProps) {
  const { view, dora, linkTo, onClose } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const known = dora.value?.deployments.find(
    ({ id }) => id === view.deployment,
  );
  const [cameFrom, setCameFrom] = useState<string>();
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (view.deployment) {
      setCameFrom(view.deployment);
      body.current?.scrollTo?.({ top: 0 });
    }
  }, [view.deployment]);
  let title: string = view.why
    ? t(`dora.fullName.${view.why}`)
    : t('dora.deployment');
  if (known) {
    title = t('dora.deploymentOf', {
      service: known.entityRef
        ? refName(known.entityRef)
        : known.applicationName,
      version: known.version ?? '',
    }).trim();
  } else if (view.deployment) {
    title = t('dora.deployment');
  }
  return (
    <Dialog
      isOpen
      isDismissable
      width={760}
      onOpenChange={open => !open && onClose()}
    >
      <DialogHeader>{title}</DialogHeader>
      <DialogBody ref={body}>
        {view.deployment ? (
          <DoraDeployment
            id={view.deployment}
            metric={metricOf(props)}
            back={
              view.why && {
                href: linkTo({ deployment: undefined }),
                label: t('dora.back', {
                  metric: t(`dora.fullName.${view.why}`),
                }),
              }
            }
          />
        ) : (
          <Explanation {...props} cameFrom={cameFrom} />
        )}
      </DialogBody>
    </Dialog>
  );
}
