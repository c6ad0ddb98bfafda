import { useCallback } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { DoraResult } from '@fairway/plugin-gitops-common';
import { doraAmount, type DoraAmount } from '../model/doraText';
import { gitopsTranslationRef } from '../translation';

type Measured = Extract<DoraResult, { status: 'measured' }>;

/** Makes the number and the unit of measured values, in the words of the page. */
export function useDoraText(): (
  measured: Pick<Measured, 'unit' | 'value'>,
) => DoraAmount {
  const { t } = useTranslationRef(gitopsTranslationRef);
  return useCallback(
    measured => {
      const { number, unit } = doraAmount(measured);
      switch (unit) {
        case 'perDay':
        case 'perWeek':
        case 'perMonth':
          return { number, unit: t(`dora.unit.${unit}`) };
        default:
          return { number, unit };
      }
    },
    [t],
  );
}
