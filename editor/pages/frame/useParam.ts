import { useSearchParams } from 'react-router';

/** A value of the page's address, so that going back and sharing a link keep it; an empty one is left out. */
export function useParam(name: string): [value: string, set: (value: string) => void] {
  const [search, setSearch] = useSearchParams();
  const set = (value: string) => {
    const next = new URLSearchParams(search);
    if (value === '') next.delete(name);
    else next.set(name, value);
    setSearch(next, { replace: true });
  };
  return [search.get(name) ?? '', set];
}
