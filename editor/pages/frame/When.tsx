import { formatExactInstant, formatInstant } from '../../texts/format.ts';

/** An instant as short as it stays clear; the whole of it when pointed at. */
export function When({ at }: { at: string }) {
  return (
    <time dateTime={at} title={formatExactInstant(at)}>
      {formatInstant(at)}
    </time>
  );
}
