import { useNow } from '../hooks/useNow';
import { formatAge, formatExact } from '../model/format';

/** The age of a moment; exact on hover. */
export function RelativeTime(props: { value: string; className?: string }) {
  const { value, className } = props;
  return (
    <time dateTime={value} title={formatExact(value)} className={className}>
      {formatAge(value, useNow())}
    </time>
  );
}
