import { Button, Stack, Text } from '@mantine/core';
import { setConflict, useConflict } from '../state/conflictStore.ts';
import { type Difference, findDifferences } from '../state/document/differences.ts';
import { mergeWorkflows } from '../state/document/merge.ts';
import { dispatchDocument, editDocument, useDocument } from '../state/documentStore.ts';
import { setView } from '../state/viewStore.ts';
import { formatInstant } from '../texts/format.ts';
import { t } from '../texts/t.ts';
import { DifferenceList } from './DifferenceList.tsx';
import classes from './inspector/Inspector.module.css';
import { useSaving } from './useSaving.ts';

/** Someone saved meanwhile: both changes side by side, and the three ways on. Each of them can be undone. */
export function ConflictPanel() {
  const theirs = useConflict((state) => state.theirs);
  const { workflow, saved } = useDocument();
  const saving = useSaving();
  if (!theirs || !workflow || !saved) return null;
  const merge = mergeWorkflows(saved, workflow, theirs.workflow);
  const close = () => {
    setConflict(null);
    setView({ right: 'inspector' });
  };
  /** From here on the server's version is what ours is compared with. */
  const rebase = () => dispatchDocument({ type: 'saved', workflow: theirs.workflow, revision: theirs.revision });
  const take = (next: typeof workflow) => {
    rebase();
    editDocument({ type: 'replace', workflow: next });
    close();
  };
  const keepMine = async () => {
    rebase();
    close();
    await saving.save();
  };
  const own: Difference[] = findDifferences(saved, workflow);
  const other: Difference[] = findDifferences(saved, theirs.workflow);
  return (
    <section className={classes.plain} aria-label={t('conflict.title')}>
      <h2>{t('conflict.title')}</h2>
      <p>{t('conflict.text', { by: theirs.updatedBy, at: formatInstant(theirs.updatedAt) })}</p>
      <DifferenceList
        title={t('conflict.theirs', { by: theirs.updatedBy })}
        differences={other}
        from={saved}
        to={theirs.workflow}
      />
      <DifferenceList title={t('conflict.mine')} differences={own} from={saved} to={workflow} />
      {merge.clashes.length > 0 && <Text c="var(--rej)">{t('conflict.clashes', { count: merge.clashes.length })}</Text>}
      <Stack gap="sm">
        <Button variant="filled" onClick={() => take(merge.workflow)}>
          {t('conflict.merge')}
        </Button>
        <Button onClick={() => take(theirs.workflow)}>{t('conflict.takeTheirs')}</Button>
        <Button onClick={() => void keepMine()} loading={saving.busy}>
          {t('conflict.keepMine')}
        </Button>
      </Stack>
    </section>
  );
}
