import { useSearchParams } from 'react-router';

type Values<Name extends string> = Record<Name, string>;

/** Values of the page's address, so that going back and sharing a link keep them; empty ones are left out. */
export function useParams<Name extends string>(
  names: readonly Name[],
): [values: Values<Name>, set: (changed: Partial<Values<Name>>) => void] {
  const [search, setSearch] = useSearchParams();
  const values = Object.fromEntries(names.map((name) => [name, search.get(name) ?? ''])) as Values<Name>;
  const set = (changed: Partial<Values<Name>>) => {
    const next = new URLSearchParams(search);
    for (const [name, value] of Object.entries<string>(changed as Values<Name>)) {
      if (value === '') next.delete(name);
      else next.set(name, value);
    }
    setSearch(next, { replace: true });
  };
  return [values, set];
}

export function useParam(name: string): [value: string, set: (value: string) => void] {
  const [values, set] = useParams([name]);
  return [values[name] ?? '', (value) => set({ [name]: value })];
}
