import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useNow } from '../hooks/useNow';
import { formatAge, formatExact, JUST_NOW } from '../model/format';
import { gitopsTranslationRef } from '../translation';

/** The age of a moment; exact on hover. */
export function RelativeTime(props: {
  value: string;
  /** In a sentence: "3 h ago" instead of "3 h". */
  ago?: boolean;
}) {
  const { value, ago = false } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const age = formatAge(value, useNow());
  return (
    <time dateTime={value} title={formatExact(value)}>
      {ago && age !== JUST_NOW ? t('common.ago', { age }) : age}
    </time>
  );
}
