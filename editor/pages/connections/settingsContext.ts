import { makeIssue } from '../../../contract/errors.ts';
import type { Loaded, PanelContext } from '../../../nodes/kit/panel/context.ts';

/**
 * What the form of a connector sees of the editor. There is no workflow around it: no columns arrive, no run is shown;
 * only the problems of its own fields are known.
 */
export function settingsContext(problems: Record<string, string>): PanelContext {
  const issues = Object.entries(problems).map(([path, message]) => ({
    ...makeIssue('CONFIG_INVALID', {}, { path }),
    message,
  }));
  return {
    ...nothingAround,
    useIssues: (path) => issues.filter((issue) => !path || issue.path === path || issue.path?.startsWith(`${path}.`)),
  };
}

const nothing = <T>(data: T): Loaded<T> => ({ data, error: null, loading: false, reload: () => undefined });

const nothingAround: Omit<PanelContext, 'useIssues'> = {
  useConnections: () => nothing([]),
  useObjects: () => nothing([]),
  useFields: () => ({ data: null, error: null, loading: false, reload: () => undefined }),
  useColumns: () => [],
  useNodeNames: () => new Map(),
  useRows: () => nothing(null),
  useLocalTables: () => nothing([]),
  usePreview: () => ({ run: () => undefined, result: nothing(null) }),
  useOption: () => nothing(null),
  useNextInstants: () => nothing([]),
  useMissing: () => false,
  workflow: { internalName: '', label: '', timeZone: 'UTC' },
  openOption: () => undefined,
  openConnections: () => undefined,
};
