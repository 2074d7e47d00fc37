import { StateMark } from '../canvas/StateMark.tsx';
import { type AnyState, stateLook } from '../canvas/stateLook.ts';
import { t } from '../texts/t.ts';
import classes from './StateBadge.module.css';

interface StateBadgeProps {
  state: AnyState;
  text?: string | undefined;
  /** The mark and the text say enough: no word when there is a text and all went well. */
  brief?: boolean;
}

/** The state of a run or a task as a chip, the same wherever it stands: shape, word and colour, with a short text behind. */
export function StateBadge({ state, text, brief = false }: StateBadgeProps) {
  const word = t(`state.${state}`);
  const parts = brief && state === 'succeeded' && text ? [text] : [word, ...(text ? [text] : [])];
  return (
    <span className={classes.badge} data-tone={stateLook[state].tone} title={word}>
      <StateMark state={state} size={13} />
      <span className={classes.word}>{parts.join(' · ')}</span>
    </span>
  );
}
