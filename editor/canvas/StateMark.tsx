import { t } from '../texts/t.ts';
import classes from './StateMark.module.css';
import { type AnyState, stateLook } from './stateLook.ts';

/** How a run or a task went: a shape and a colour, and the word for those who see neither. */
export function StateMark({ state, size = 14 }: { state: AnyState; size?: number }) {
  const { tone, Icon } = stateLook[state];
  const word = t(`state.${state}`);
  return (
    <span className={classes.mark} data-tone={tone} data-state={state} title={word}>
      <Icon size={size} stroke={2.4} role="img" aria-label={word} />
    </span>
  );
}
