import {
  IconArrowForwardUp,
  IconBan,
  IconCheck,
  IconCircleHalf2,
  IconClockHour4,
  IconEqual,
  IconHelpCircleFilled,
  IconListCheck,
  IconPencil,
  IconPlus,
  IconReplace,
  IconRestore,
  IconSquareRotatedFilled,
  IconTrash,
  IconUserQuestion,
} from '@tabler/icons-react';
import type { ExportAction, ExportOutcome, ExportStage } from '../../../contract/exports.ts';
import { type PlainKey, t } from '../../texts/t.ts';
import type { Tone } from '../frame/Mark.tsx';

interface Look {
  tone: Tone;
  Icon: typeof IconCheck;
}

export const stageLook: Record<ExportStage, Look> = {
  planned: { tone: 'mute', Icon: IconListCheck },
  asking: { tone: 'wait', Icon: IconUserQuestion },
  refused: { tone: 'mute', Icon: IconBan },
  sending: { tone: 'run', Icon: IconCircleHalf2 },
  settled: { tone: 'ok', Icon: IconCheck },
};

/** What is planned says nothing of good or bad: it has a shape, and no colour. */
export const actionLook: Record<ExportAction | 'refused', Look> = {
  create: { tone: 'mute', Icon: IconPlus },
  upsert: { tone: 'mute', Icon: IconReplace },
  update: { tone: 'mute', Icon: IconPencil },
  delete: { tone: 'mute', Icon: IconTrash },
  undelete: { tone: 'mute', Icon: IconRestore },
  unchanged: { tone: 'mute', Icon: IconEqual },
  moved: { tone: 'mute', Icon: IconArrowForwardUp },
  refused: { tone: 'rej', Icon: IconSquareRotatedFilled },
};

export const outcomeLook: Record<ExportOutcome, Look> = {
  created: { tone: 'ok', Icon: IconPlus },
  updated: { tone: 'ok', Icon: IconPencil },
  deleted: { tone: 'ok', Icon: IconTrash },
  undeleted: { tone: 'ok', Icon: IconRestore },
  unchanged: { tone: 'mute', Icon: IconEqual },
  moved: { tone: 'mute', Icon: IconArrowForwardUp },
  rejected: { tone: 'rej', Icon: IconSquareRotatedFilled },
  doubt: { tone: 'rej', Icon: IconHelpCircleFilled },
  unsent: { tone: 'mute', Icon: IconClockHour4 },
};

const operations: Readonly<Record<string, PlainKey>> = {
  insert: 'exports.operation.insert',
  update: 'exports.operation.update',
  upsert: 'exports.operation.upsert',
  automatic: 'exports.operation.automatic',
  delete: 'exports.operation.delete',
  undo: 'exports.operation.undo',
};

/** A node may name an operation that has no word here: then its own stands. */
const operationText = (operation: string): string => {
  const key = operations[operation];
  return key === undefined ? operation : t(key);
};

/** "Contact · Update". */
export function exportName(made: { object: string; objectLabel: string; operation: string }): string {
  return t('exports.name', { object: made.objectLabel || made.object, operation: operationText(made.operation) });
}
