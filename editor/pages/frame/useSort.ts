import type { Sort } from './sortRows.ts';
import { useParam } from './useParam.ts';

/** The order of a list, kept in the page's address as `sort=-updated`. */
export function useSort(initial: Sort | null): [Sort | null, (sort: Sort) => void] {
  const [text, setText] = useParam('sort');
  const sort: Sort | null =
    text === '' ? initial : { key: text.replace(/^-/, ''), direction: text.startsWith('-') ? 'desc' : 'asc' };
  return [sort, ({ key, direction }) => setText(`${direction === 'desc' ? '-' : ''}${key}`)];
}
