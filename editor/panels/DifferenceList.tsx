import type { Workflow } from '../../contract/workflow.ts';
import type { Difference } from '../state/document/differences.ts';
import { t } from '../texts/t.ts';
import classes from './DifferenceList.module.css';

interface DifferenceListProps {
  title: string;
  differences: readonly Difference[];
  from: Workflow;
  to: Workflow;
}

/** What differs between two drawings, in words. */
export function DifferenceList({ title, differences, from, to }: DifferenceListProps) {
  const name = nameOf(from, to);
  return (
    <section className={classes.list} aria-label={title}>
      <h3>{title}</h3>
      {differences.length === 0 && <p>{t('difference.none')}</p>}
      <ul>
        {differences.map((difference) => (
          <li key={`${difference.kind} ${difference.id}`} data-change={difference.change}>
            <span>{t(`difference.${difference.change}`)}</span> {name(difference)}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The label a person knows a part by, whichever side still has it. */
function nameOf(from: Workflow, to: Workflow): (difference: Difference) => string {
  const labels = new Map([...from.nodes, ...to.nodes].map((node) => [node.id, node.label]));
  const transitions = new Map([...from.transitions, ...to.transitions].map((one) => [one.id, one]));
  const notes = new Map([...(from.notes ?? []), ...(to.notes ?? [])].map((note) => [note.id, note.text]));
  const names: Record<Difference['kind'], (id: string) => string> = {
    node: (id) => labels.get(id) ?? id,
    transition: (id) => {
      const one = transitions.get(id);
      return one ? `${labels.get(one.from) ?? one.from} → ${labels.get(one.to) ?? one.to}` : id;
    },
    note: (id) => t('difference.note', { text: notes.get(id)?.slice(0, 40) ?? '' }),
    workflow: (id) => t(`difference.workflow.${id as 'label' | 'description' | 'settings'}`),
  };
  return ({ kind, id }) => names[kind](id);
}
