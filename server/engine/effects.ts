/** What a node asked for besides tables, made true in the transaction that commits its task. */
import type { Effect } from '../../contract/run.ts';
import { cleanText } from '../../contract/types.ts';
import type { TaskRow } from '../db/rows.ts';
import type { RunChange } from '../runs/changeRun.ts';
import type { SetOptionEffect } from '../runs/finish.ts';
import { applySetOption, beginEnding } from '../runs/finish.ts';
import { readVars } from './host.ts';

export async function applyEffects(
  change: RunChange,
  task: Pick<TaskRow, 'id' | 'node_id'>,
  effects: readonly Effect[],
): Promise<void> {
  for (const effect of effects) await applyEffect(change, task, clean(effect));
}

/** A value enters here from a script or from outside; the same is kept by every database. */
const clean = (effect: Effect): Effect =>
  effect.type === 'setOption' ? { ...effect, value: cleanText(effect.value).text } : effect;

/** In a simulation an option is seen as set by what follows, and stays as it was for everybody else. */
function saySetOption(
  change: RunChange,
  task: Pick<TaskRow, 'id' | 'node_id'>,
  { name, value }: SetOptionEffect,
): void {
  const message = `Simulation: the option ${name} would be set to "${value}".`;
  const lines = [{ at: change.at, level: 'info' as const, message }];
  change.emit({ type: 'task.log', taskId: task.id, nodeId: task.node_id, lines });
}

async function applyEffect(change: RunChange, task: Pick<TaskRow, 'id' | 'node_id'>, effect: Effect): Promise<void> {
  switch (effect.type) {
    case 'setOption':
      if (change.run.simulated) saySetOption(change, task, effect);
      else if (!effect.atEnd) return applySetOption(change, effect, task);
      await change
        .tx('pending_effects')
        .insert({ run_id: change.run.id, task_id: task.id, effect: JSON.stringify(effect) });
      return;
    case 'setInstanceVar': {
      const vars = { ...readVars(change.run.instance_vars), [effect.name]: effect.value };
      return change.set({ instance_vars: JSON.stringify(vars) });
    }
    case 'alarm': {
      const { severity, message } = effect;
      return change.emit({ type: 'alarm', severity, message, taskId: task.id, nodeId: task.node_id });
    }
    case 'endRun':
      return beginEnding(change, 'end');
  }
}
