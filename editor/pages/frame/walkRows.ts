import type { KeyboardEvent } from 'react';

/** Arrow up and down move between the links (or buttons) that open the rows of a list. */
export function walkRows(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !(event.target instanceof Element) || event.target.closest('[role="menu"]')) return;
  const row = event.target.closest('tr, li');
  const openers = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-primary]')];
  const index = openers.findIndex((opener) => row?.contains(opener));
  const next = openers[index + step];
  if (index < 0 || !next) return;
  event.preventDefault();
  next.focus();
}
