import { Kbd, Modal } from '@mantine/core';
import { type PlainKey, t } from '../texts/t.ts';
import classes from './Shortcuts.module.css';

const list: readonly (readonly [PlainKey, string])[] = [
  ['shortcuts.palette', '/'],
  ['shortcuts.commands', 'Ctrl K'],
  ['shortcuts.save', 'Ctrl S'],
  ['shortcuts.run', 'Ctrl Enter'],
  ['shortcuts.undo', 'Ctrl Z'],
  ['shortcuts.redo', 'Ctrl Y'],
  ['shortcuts.walk', 'Tab'],
  ['shortcuts.follow', '[ ]'],
  ['shortcuts.settings', 'Enter'],
  ['shortcuts.menu', 'Shift F10'],
  ['shortcuts.connect', 'C'],
  ['shortcuts.rows', '1 … 9'],
  ['shortcuts.move', '← ↑ → ↓'],
  ['shortcuts.moveFar', 'Shift ← ↑ → ↓'],
  ['shortcuts.box', 'Shift drag'],
  ['shortcuts.all', 'Ctrl A'],
  ['shortcuts.copy', 'Ctrl C, X, V'],
  ['shortcuts.duplicate', 'Ctrl D'],
  ['shortcuts.remove', 'Del'],
  ['shortcuts.disable', 'D'],
  ['shortcuts.note', 'N'],
  ['shortcuts.tidy', 'T'],
  ['shortcuts.fit', 'F'],
  ['shortcuts.zoom', '+ − 0'],
  ['shortcuts.bottom', 'Ctrl B'],
];

export function Shortcuts({ opened, onClose }: { opened: boolean; onClose(): void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('shortcuts.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <dl className={classes.list}>
        {list.map(([text, keys]) => (
          <div key={text}>
            <dt>{t(text)}</dt>
            <dd>
              <Kbd>{keys}</Kbd>
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
