import type { ExportDetail } from '../../../contract/exports.ts';
import { formatNumber } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { actionLook, outcomeLook } from '../exports/exportLooks.ts';
import { type Figure, outcomeFigures, plannedFigures, shareSettled } from '../exports/figures.ts';
import type { Tone } from '../frame/Mark.tsx';
import classes from './export.module.css';
import type { RecordFilterValues } from './useRecordFilters.ts';

interface TotalsProps {
  made: ExportDetail;
  filters: RecordFilterValues;
}

/** The sums, each of which shows its records when it is pressed. */
export function Totals({ made: { counts, stage }, filters }: TotalsProps) {
  const { query, set } = filters;
  const outcomes = outcomeFigures(counts);
  return (
    <div className={classes.totals}>
      <FigureButton
        word={t('export.all')}
        count={counts.input}
        pressed={query.action === undefined && query.outcome === undefined}
        onPress={() => set({ action: '', outcome: '' })}
      />
      <FigureGroup
        label={t('export.planned')}
        figures={plannedFigures(counts)}
        look={(name) => ({ ...actionLook[name], word: t(`exports.action.${name}`) })}
        chosen={query.action}
        onChoose={(action) => set({ action: action ?? '' })}
      />
      {outcomes.length > 0 && (
        <FigureGroup
          label={t('export.outcome')}
          figures={outcomes}
          look={(name) => ({ ...outcomeLook[name], word: t(`exports.outcome.${name}`) })}
          chosen={query.outcome}
          onChoose={(outcome) => set({ outcome: outcome ?? '' })}
        />
      )}
      {stage === 'sending' && <div className={classes.settled} style={{ width: `${100 * shareSettled(counts)}%` }} />}
    </div>
  );
}

interface FigureGroupProps<Name extends string> {
  label: string;
  figures: readonly Figure<Name>[];
  look(name: Name): { word: string; tone: Tone; Icon: FigureButtonProps['Icon'] };
  chosen: string | undefined;
  onChoose(name: Name | null): void;
}

function FigureGroup<Name extends string>({ label, figures, look, chosen, onChoose }: FigureGroupProps<Name>) {
  return (
    <fieldset className={classes.figureGroup}>
      <legend>{label}</legend>
      {figures.map(({ name, count }) => (
        <FigureButton
          key={name}
          {...look(name)}
          count={count}
          pressed={chosen === name}
          onPress={() => onChoose(chosen === name ? null : name)}
        />
      ))}
    </fieldset>
  );
}

interface FigureButtonProps {
  word: string;
  count: number;
  tone?: Tone;
  Icon?: (typeof actionLook)['create']['Icon'];
  pressed: boolean;
  onPress(): void;
}

function FigureButton({ word, count, tone = 'mute', Icon, pressed, onPress }: FigureButtonProps) {
  return (
    <button type="button" className={classes.figure} data-tone={tone} aria-pressed={pressed} onClick={onPress}>
      <b>{formatNumber(count)}</b>
      <span>
        {Icon && <Icon className={classes.shape} size={13} stroke={2.2} aria-hidden />}
        {word}
      </span>
    </button>
  );
}
