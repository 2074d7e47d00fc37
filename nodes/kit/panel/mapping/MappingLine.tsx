import { ActionIcon } from '@mantine/core';
import { IconArrowNarrowRight, IconKey, IconWand, IconX } from '@tabler/icons-react';
import type { ComponentType, ReactNode } from 'react';
import classes from './mapping.module.css';
import { mappingTexts as texts } from './texts.ts';

interface MappingLineProps {
  /** Where it stands in the settings. */
  path: string;
  isKey?: boolean;
  /** The last matching of names gave it. */
  fresh?: boolean;
  /** Between source and target, where it is neither a key nor fresh. */
  icon?: ComponentType<{ size: number; 'aria-hidden': true }>;
  /** The column that arrives, or what chooses it; below it what is to be said of it. */
  source: ReactNode;
  sourceText: string;
  /** What is filled; below it what is to be said of it. */
  target: string;
  targetTitle?: string;
  targetText: string;
  /** The text below the target may need more than one line. */
  wholeText?: boolean;
  /** Before the button that takes the line away. */
  action?: ReactNode;
  /** Left out: the line cannot be taken away. */
  onRemove?: (() => void) | undefined;
  /** The name of the line, for that button. */
  name: string;
  /** What opens or is wrong below. */
  children?: ReactNode;
}

/** A column that arrives → what it fills, types below. */
export function MappingLine(props: MappingLineProps) {
  const { path, isKey = false, fresh = false, icon, source, name, target, onRemove } = props;
  const Between = isKey ? IconKey : fresh ? IconWand : (icon ?? IconArrowNarrowRight);
  return (
    <li className={classes.row} data-path={path} data-key={isKey || undefined}>
      <div className={classes.line}>
        {typeof source === 'string' ? <Name text={source} /> : source}
        <span className={classes.between} data-fresh={fresh || undefined}>
          <Between size={14} aria-hidden />
        </span>
        <Name text={target} title={props.targetTitle} />
        <span className={classes.actions}>
          {props.action}
          {onRemove ? (
            <ActionIcon aria-label={texts.remove(name)} onClick={onRemove} size={22}>
              <IconX size={13} />
            </ActionIcon>
          ) : null}
        </span>
        <span className={classes.below}>{props.sourceText}</span>
        <span className={classes.below} data-at="target" data-whole={props.wholeText || undefined}>
          {props.targetText}
        </span>
      </div>
      {props.children}
    </li>
  );
}

function Name({ text, title = text }: { text: string; title?: string | undefined }) {
  return (
    <span className={classes.name} title={title}>
      {text}
    </span>
  );
}

interface LineProblemProps {
  /** It concerns some values only. */
  some?: boolean;
  children: ReactNode;
}

/** What is wrong with a line, or will be with some of its values. */
export function LineProblem({ some = false, children }: LineProblemProps) {
  return (
    <p className={classes.problem} data-some={some || undefined}>
      {children}
    </p>
  );
}
