import { useLocalStorage } from '@mantine/hooks';

const key = 'syncline:rows-opened';

/** Rows behind a transition were opened in this browser, on whichever page: the demo's guide ticks that step off. */
export const useRowsOpened = (): boolean =>
  useLocalStorage({ key, defaultValue: false, getInitialValueInEffect: false })[0];

export function noteRowsOpened(): void {
  localStorage.setItem(key, 'true');
}
