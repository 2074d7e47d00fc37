import { Button } from '@mantine/core';
import { IconPlus, IconWand } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useState } from 'react';
import type { Issue } from '../../../../contract/errors.ts';
import type { PanelContext } from '../context.ts';
import field from '../panel.module.css';
import classes from './mapping.module.css';
import type { NameMatches } from './matchNames.ts';
import { mappingTexts as texts } from './texts.ts';

interface MappingListProps {
  /** Where it stands in the settings. */
  path: string;
  /** How much of the target is mapped. */
  told: string;
  /** What the names would give now. */
  matches: NameMatches;
  onMatch(): void;
  /** Of the button, while it does something and while it does not. */
  hints: { match: string; nothing: string };
  /** Buttons at the end of a line. */
  actions: 1 | 2;
  /** The lines; `fresh` has the targets that the last matching of names gave. */
  lines(fresh: ReadonlySet<string>): ReactNode;
  /** Said below the lines; null: there are enough. */
  empty: string | null;
  /** What every new record is refused without, in a sentence that names them. */
  lacking: { text: string; names: readonly { name: string; label: string }[]; onAdd: ((name: string) => void) | null };
  /** Of the problems at the path, those that no line shows. */
  isOwn(issue: Issue): boolean;
  readOnly: boolean;
  context: PanelContext;
  /** What adds further lines. */
  children: ReactNode;
}

/** Columns that arrive and what they fill in an outside system, line by line; what is called alike is matched at once. */
export function MappingList(props: MappingListProps) {
  const { path, told, matches, onMatch, hints, lines, empty, isOwn, readOnly, context, children } = props;
  const [seen, setSeen] = useState<NameMatches | null>(null);
  const problem = context.useIssues(path).find(isOwn)?.message ?? null;
  const missing = context.useMissing(path);
  const match = (): void => {
    setSeen(matches);
    onMatch();
  };
  return (
    <section aria-label={texts.mapping} className={field.field} data-path={path} data-missing={missing || undefined}>
      <div className={classes.head}>
        <span className={classes.label}>
          {texts.mapping} <span className={classes.aside}>{told}</span>
        </span>
        {readOnly ? null : <MatchButton count={matches.matched.length} hints={hints} onClick={match} />}
      </div>
      <ul className={classes.rows} data-actions={props.actions}>
        {lines(new Set(seen?.matched.map((one) => one.field)))}
        {empty === null ? null : <li className={classes.empty}>{empty}</li>}
      </ul>
      {seen ? <Seen {...seen} /> : null}
      <Lacking {...props.lacking} />
      {problem && !missing ? <p className={classes.problem}>{problem}</p> : null}
      {readOnly ? null : children}
    </section>
  );
}

interface MatchButtonProps {
  count: number;
  hints: MappingListProps['hints'];
  onClick(): void;
}

function MatchButton({ count, hints, onClick }: MatchButtonProps) {
  return (
    <Button
      size="compact-sm"
      leftSection={<IconWand size={14} aria-hidden />}
      aria-label={texts.match}
      title={count > 0 ? hints.match : hints.nothing}
      disabled={count === 0}
      onClick={onClick}
    >
      {texts.match}
      <span className={classes.aside}>&nbsp;{count || ''}</span>
    </Button>
  );
}

/** What the names gave, for as long as the panel is open. */
function Seen({ matched, ambiguous }: NameMatches) {
  return (
    <p className={classes.seen} role="status">
      {texts.matched(matched.map((one) => one.field))}
      {ambiguous.length > 0 ? ` ${texts.ambiguous(ambiguous)}` : ''}
    </p>
  );
}

function Lacking({ text, names, onAdd }: MappingListProps['lacking']) {
  if (names.length === 0) return null;
  return (
    <p className={classes.missing}>
      {text}{' '}
      {names.map(({ name, label }) =>
        onAdd === null ? (
          <b key={name}>{name} </b>
        ) : (
          <Button
            key={name}
            size="compact-xs"
            variant="light"
            color="red"
            leftSection={<IconPlus size={12} aria-hidden />}
            aria-label={texts.addMissing(name)}
            title={label}
            onClick={() => onAdd(name)}
          >
            {name}
          </Button>
        ),
      )}
    </p>
  );
}
