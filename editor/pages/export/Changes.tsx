import { IconArrowRight } from '@tabler/icons-react';
import { t } from '../../texts/t.ts';
import classes from './export.module.css';
import type { FieldChange } from './recordValues.ts';

/** Lines that a row of the table gives to its differences, the one that counts the rest included. */
export const mostLines = 3;

interface ChangesProps {
  changes: readonly FieldChange[];
  /** The record is not there yet: there is nothing that its values replace. */
  created: boolean;
}

/** The differences of a record, one a line; of many the first, and how many more there are. */
export function Changes({ changes, created }: ChangesProps) {
  const shown = changes.length > mostLines ? changes.slice(0, mostLines - 1) : changes;
  const more = changes.length - shown.length;
  return (
    <>
      {shown.map((change) => (
        <span key={change.name} className={classes.change} title={changeText(change)}>
          <span className={classes.field}>{change.label}</span>
          <Values change={change} created={created} />
        </span>
      ))}
      {more > 0 && <span className={classes.more}>{t('export.moreFields', { count: more })}</span>}
    </>
  );
}

/** The old value is struck through; that there was or will be none is said in a word. */
function Values({ change: { kind, before, after }, created }: { change: FieldChange; created: boolean }) {
  const replaces = kind !== 'gone' && !created;
  return (
    <span className={classes.values}>
      {before !== null && <del>{before}</del>}
      {before === null && replaces && <em>{t('export.empty')}</em>}
      {replaces && <IconArrowRight size={12} aria-label={t('export.becomes')} />}
      {after !== null && <ins>{after}</ins>}
      {after === null && replaces && <em>{t('export.empty')}</em>}
    </span>
  );
}

function changeText({ label, kind, before, after }: FieldChange): string {
  if (kind === 'changed') return t('export.changedText', { label, before: before ?? '', after: after ?? '' });
  return t('export.oneSideText', { label, word: t(`export.${kind}`), value: after ?? before ?? '' });
}
