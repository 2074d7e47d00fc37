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

const refused = async (): Promise<boolean> => false;

const nothingAround: Omit<PanelContext, 'useIssues'> = {
  useConnections: () => nothing([]),
  useObjects: () => nothing([]),
  useFields: () => ({ data: null, error: null, loading: false, reload: () => undefined }),
  useExtensions: () => nothing([]),
  useExtension: () => ({ data: null, error: null, loading: false, reload: () => undefined }),
  useGuide: () => null,
  useColumns: () => [],
  useNodeNames: () => new Map(),
  useNodesBehind: () => new Map(),
  useSent: () => ({ ...nothing([]), forget: null }),
  useWorkflows: () => nothing([]),
  useWorkflowNames: () => nothing([]),
  useActivityNames: () => new Set(),
  useRows: () => nothing(null),
  useLocalTables: () => nothing([]),
  usePreview: () => ({ run: () => undefined, result: nothing(null) }),
  useRecordCount: () => nothing(0),
  useOptions: () => nothing([]),
  useOption: () => nothing(null),
  useOptionHistory: () => nothing([]),
  useOptionChange: () => ({ allowed: false, error: null, set: refused, remove: refused, move: refused }),
  useNextInstants: () => nothing([]),
  useMissing: () => false,
  workflow: { internalName: '', label: '', timeZone: 'UTC' },
  openOption: () => undefined,
  openRun: () => undefined,
  openConnections: () => undefined,
  openWorkflow: () => undefined,
};
