import { createSpotlight, Spotlight, type SpotlightActionData, useSpotlight } from '@mantine/spotlight';
import {
  IconDeviceFloppy,
  IconFocusCentered,
  IconHistory,
  IconKeyboard,
  IconListDetails,
  IconNote,
  IconSitemap,
} from '@tabler/icons-react';
import { memo, useEffect, useMemo } from 'react';
import { isFinal } from '../../contract/run.ts';
import { addNode, addNote, tidySelected } from '../canvas/commands.ts';
import { readingOrder } from '../canvas/geometry.ts';
import { isTyping } from '../canvas/isTyping.ts';
import { type RunControl, useRunControl } from '../canvas/RunControlContext.ts';
import { iconNamed } from '../catalog/icons.ts';
import { nodeCatalog } from '../catalog/nodes.ts';
import { useMay } from '../shell/SessionContext.tsx';
import { dispatchDocument, openWorkflow } from '../state/documentStore.ts';
import { useRunView } from '../state/runStore.ts';
import { setView, showNode, useView } from '../state/viewStore.ts';
import { t } from '../texts/t.ts';
import { listRunActions } from './listRunActions.tsx';
import { paletteSearchId } from './Palette.tsx';
import { Shortcuts } from './Shortcuts.tsx';
import type { Saving } from './useSaving.ts';

const [store] = createSpotlight();

/** Keys that work anywhere on the page, the command palette and the list of shortcuts. */
export const EditorCommands = memo(function EditorCommands({ saving }: { saving: Saving }) {
  const editing = useMay('editor');
  const shortcuts = useView((view) => view.shortcutsOpen);
  usePageKeys(saving, editing, useRunControl()?.start ?? null);
  return (
    <>
      <CommandPalette saving={saving} editing={editing} />
      <Shortcuts opened={shortcuts} onClose={() => setView({ shortcutsOpen: false })} />
    </>
  );
});

function CommandPalette({ saving, editing }: { saving: Saving; editing: boolean }) {
  const { opened } = useSpotlight(store);
  const control = useRunControl();
  // Only while it is open: it lists every node, and must not be made anew at every edit.
  const actions = useMemo(
    () => (opened ? [...(control ? listRunActions(control) : []), ...listActions(saving, editing)] : []),
    [opened, saving, editing, control],
  );
  return (
    <Spotlight
      store={store}
      actions={actions}
      shortcut={['mod + K']}
      nothingFound={t('commands.nothing')}
      highlightQuery
      scrollable
      overlayProps={{ backgroundOpacity: 0.35, blur: 0 }}
      maxHeight={420}
      searchProps={{ placeholder: t('commands.search'), 'aria-label': t('commands.search') }}
    />
  );
}

function usePageKeys(saving: Saving, editing: boolean, start: RunControl['start']): void {
  const { save } = saving;
  useEffect(() => {
    const plain: Record<string, () => void> = {
      '?': () => setView({ shortcutsOpen: true }),
      ...(editing ? { '/': focusSearch } : {}),
    };
    const run = () => void (mayStart() && start?.());
    const withCommand: Record<string, () => void> = {
      s: () => void (editing && save()),
      b: () => setView({ bottomOpen: !useView.getState().bottomOpen }),
      Enter: run,
    };
    const outsideFields: Record<string, () => void> = editing
      ? {
          z: () => dispatchDocument({ type: 'undo' }),
          'shift z': () => dispatchDocument({ type: 'redo' }),
          y: () => dispatchDocument({ type: 'redo' }),
        }
      : {};
    const onKey = (event: KeyboardEvent) => {
      const command = event.ctrlKey || event.metaKey;
      const typing = isTyping(event.target);
      const key = event.shiftKey && command ? `shift ${event.key.toLowerCase()}` : event.key;
      const fields = command ? withCommand : {};
      const others = command ? outsideFields : plain;
      const action = fields[key] ?? (typing ? undefined : others[key]);
      if (!action || event.defaultPrevented || event.altKey) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [save, editing, start]);
}

const mayStart = (): boolean => {
  const { runId, state } = useRunView.getState();
  return runId === null || isFinal(state);
};

function focusSearch(): void {
  setView({ leftOpen: true });
  requestAnimationFrame(() => document.getElementById(paletteSearchId)?.focus());
}

/** Everything that can be done or gone to, by typing its name. */
function listActions(saving: Saving, editing: boolean): SpotlightActionData[] {
  const nodes = openWorkflow()?.nodes;
  const general: SpotlightActionData[] = [
    {
      id: 'timeline',
      label: t('bottom.timeline'),
      leftSection: <IconListDetails size={17} aria-hidden />,
      onClick: () => setView({ bottomTab: 'timeline', bottomOpen: true }),
    },
    {
      id: 'log',
      label: t('bottom.log'),
      leftSection: <IconListDetails size={17} aria-hidden />,
      onClick: () => setView({ bottomTab: 'log', bottomOpen: true }),
    },
    {
      id: 'problems',
      label: t('bottom.problems'),
      leftSection: <IconListDetails size={17} aria-hidden />,
      onClick: () => setView({ bottomTab: 'problems', bottomOpen: true }),
    },
    {
      id: 'versions',
      label: t('versions.title'),
      leftSection: <IconHistory size={17} aria-hidden />,
      onClick: () => setView({ right: 'versions', rightOpen: true }),
    },
    {
      id: 'shortcuts',
      label: t('shortcuts.title'),
      leftSection: <IconKeyboard size={17} aria-hidden />,
      onClick: () => setView({ shortcutsOpen: true }),
    },
  ];
  const edits: SpotlightActionData[] = [
    {
      id: 'save',
      label: t('action.save'),
      leftSection: <IconDeviceFloppy size={17} aria-hidden />,
      onClick: () => void saving.save(),
    },
    {
      id: 'tidy',
      label: t('canvas.tidy'),
      leftSection: <IconSitemap size={17} aria-hidden />,
      onClick: () => void tidySelected(),
    },
    {
      id: 'note',
      label: t('canvas.addNote'),
      leftSection: <IconNote size={17} aria-hidden />,
      onClick: () => addNote(lowerRight()),
    },
    ...[...nodeCatalog.values()].map((definition) => {
      const Icon = iconNamed(definition.icon);
      return {
        id: `add ${definition.type}`,
        label: t('palette.add', { label: definition.label }),
        description: definition.description,
        keywords: [...definition.keywords],
        leftSection: <Icon size={17} aria-hidden />,
        onClick: () => addNode(definition.type, 'behind', lowerRight()),
      };
    }),
  ];
  const places = (nodes ?? []).map((node) => ({
    id: `go ${node.id}`,
    label: t('commands.go', { node: node.label }),
    leftSection: <IconFocusCentered size={17} aria-hidden />,
    onClick: () => showNode(node.id),
  }));
  return editing ? [...edits, ...general, ...places] : [...general, ...places];
}

/** A place beside what is drawn. */
function lowerRight(): { x: number; y: number } {
  const last = readingOrder(openWorkflow()?.nodes ?? []).at(-1);
  return last ? { x: last.x, y: last.y + 108 } : { x: 0, y: 0 };
}
