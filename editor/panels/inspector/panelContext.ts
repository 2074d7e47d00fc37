/** The editor's side of the panels' context: hooks over the API, the drawing and the run that is shown. */
import { skipToken, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useDeferredValue, useMemo, useState } from 'react';
import { useNavigate } from 'react-router';
import type { Reply } from '../../../contract/api.ts';
import type { ErrorReply, Issue } from '../../../contract/errors.ts';
import type { FilterGroup } from '../../../contract/filter.ts';
import { filterConditions, refusedPart } from '../../../contract/filter.ts';
import { buildGraph, graphColumns, inputColumns, jumpTransitions, reachableFrom } from '../../../contract/graph.ts';
import type { InputColumns } from '../../../contract/node.ts';
import type { Workflow, WorkflowNode } from '../../../contract/workflow.ts';
import type { Loaded, PanelContext } from '../../../nodes/kit/panel/context.ts';
import { ApiError, asErrorReply } from '../../api/apiError.ts';
import { type CallInput, callWith } from '../../api/call.ts';
import { queryKey, useApi, useChange } from '../../api/queries.ts';
import { connectorCatalog } from '../../catalog/connectors.ts';
import { guideSteps } from '../../catalog/guideSteps.ts';
import { nodeCatalog } from '../../catalog/nodes.ts';
import { byLabel, callbackUrl } from '../../pages/connections/connection.ts';
import { initialSettings } from '../../pages/connections/settings.ts';
import { useMay, useSession } from '../../shell/SessionContext.tsx';
import { openWorkflow } from '../../state/documentStore.ts';
import { isQuiet, useFresh } from '../../state/freshStore.ts';
import { setRefused, useProblems } from '../../state/problemsStore.ts';
import { useRunView } from '../../state/runStore.ts';
import { useDrawing } from '../DrawingContext.ts';

interface Query<T> {
  data: T | undefined;
  error: ApiError | null;
  isFetching: boolean;
  refetch(): unknown;
}

function toLoaded<T, U = T>(query: Query<T>, map: (data: T) => U): Loaded<U> {
  return {
    data: query.data === undefined ? null : map(query.data),
    error: query.error ? asErrorReply(query.error) : null,
    loading: query.isFetching && query.data === undefined,
    reload: () => void query.refetch(),
  };
}
const asItIs = <T>(data: T): T => data;
/** Metadata of the outside system changes rarely; "reload" reads it again. */
const metadataFresh = 10 * 60_000;

const useConnections: PanelContext['useConnections'] = (capability) =>
  toLoaded(useApi('listConnections'), (all) =>
    all
      .filter((one) => one.capabilities.includes(capability))
      .map(({ verified, ...rest }) => ({ ...rest, verified: verified?.ok ?? null })),
  );

const useObjects: PanelContext['useObjects'] = (connection) =>
  toLoaded(
    useApi(
      'listObjects',
      { params: { connection: connection ?? '' } },
      { enabled: !!connection, staleTime: metadataFresh },
    ),
    byLabel,
  );

const useFields: PanelContext['useFields'] = (connection, object) => {
  const params = { connection: connection ?? '', object: object ?? '' };
  const query = useApi('describeObject', { params }, { enabled: !!connection && !!object, staleTime: metadataFresh });
  return toLoaded(query, (details) => details as NonNullable<ReturnType<PanelContext['useFields']>['data']>);
};

/** Reloaded from the outside system itself: whoever asks has just changed something there. */
function useAskedAnew<N extends 'listExtensions' | 'describeExtension'>(
  name: N,
  input: Pick<CallInput<N>, 'params'>,
  enabled: boolean,
): Query<Reply<N>> {
  const client = useQueryClient();
  const query = useApi(name, input, { enabled, staleTime: metadataFresh });
  const refetch = async (): Promise<void> => {
    const asked = { ...input, query: { refresh: 'true' } } as CallInput<N>;
    const anew = { queryKey: queryKey(name, input), queryFn: () => callWith(name, asked), staleTime: 0 };
    // What goes wrong is the query's to show.
    await client.fetchQuery(anew).catch(() => null);
  };
  return { data: query.data, error: query.error, isFetching: query.isFetching, refetch };
}

const useExtensions: PanelContext['useExtensions'] = (connection) =>
  toLoaded(useAskedAnew('listExtensions', { params: { connection: connection ?? '' } }, !!connection), asItIs);

const useExtension: PanelContext['useExtension'] = (connection, key) => {
  const params = { connection: connection ?? '', extension: key ?? '' };
  return toLoaded(
    useAskedAnew('describeExtension', { params }, !!connection && !!key),
    (details) => details as NonNullable<ReturnType<PanelContext['useExtension']>['data']>,
  );
};

const useGuide: PanelContext['useGuide'] = (connection) => {
  const { data } = useApi('listConnections');
  const found = data?.find(({ name }) => name === connection);
  const connector = found && connectorCatalog.get(found.kind);
  if (!connector?.guide) return null;
  const settings = initialSettings(connector, found?.settings);
  return { title: connector.guide.title, steps: guideSteps(connector.guide, settings, callbackUrl()) };
};

const useLocalTables: PanelContext['useLocalTables'] = () => toLoaded(useApi('listLocalTables'), asItIs);

const useNodeNames: PanelContext['useNodeNames'] = () => {
  const { workflow } = useDrawing();
  return useMemo(() => new Map(workflow.nodes.map((node) => [node.id, node.label])), [workflow.nodes]);
};

const useNodesBehind: PanelContext['useNodesBehind'] = () => {
  const { workflow } = useDrawing();
  const nodeId = useContext(PanelNodeContext);
  return useMemo(() => {
    const reached = reachableFrom(buildGraph(workflow, nodeCatalog), [nodeId]);
    const behind = workflow.nodes.filter(({ id }) => id !== nodeId && reached.has(id));
    return new Map(behind.map(({ id, label }) => [id, label]));
  }, [workflow, nodeId]);
};

/** Asked for anew whenever the panel opens: runs move it. */
const useSent: PanelContext['useSent'] = () => {
  const { internalName } = useDrawing().workflow;
  const params = { workflow: internalName, node: useContext(PanelNodeContext) };
  const sent = toLoaded(useApi('listSent', { params }, { staleTime: 0 }), asItIs);
  const mayForget = useMay('editor');
  const forget = useChange('forgetSent', ['listSent']);
  return { ...sent, forget: mayForget ? async () => void (await forget.mutateAsync({ params })) : null };
};

const useWorkflows: PanelContext['useWorkflows'] = () => {
  const drawn = useDrawing().workflow.internalName;
  return toLoaded(useApi('listWorkflows'), (all) =>
    all
      .filter(({ internalName }) => internalName !== drawn)
      .map(({ internalName, label, publishedVersion }) => ({
        name: internalName,
        label,
        published: publishedVersion !== null,
      })),
  );
};

const useWorkflowNames: PanelContext['useWorkflowNames'] = () =>
  toLoaded(useApi('listWorkflows'), (all) => all.map(({ internalName }) => internalName));

const useActivityNames: PanelContext['useActivityNames'] = () => {
  const { workflow } = useDrawing();
  return useMemo(() => new Set(workflow.nodes.map((node) => node.name)), [workflow.nodes]);
};

/** Rows of the run that is shown; null data where it has none. */
const useRows: PanelContext['useRows'] = (fromNode, port) => {
  const run = useRunView((view) => view.runId);
  const from = useRunView((view) => view.nodes[fromNode]?.ports[port]);
  const known = run !== null && from !== undefined && !from.counting && from.count !== null;
  const params = { run: run ?? '', task: from?.taskId ?? '', port };
  const query = useApi('listRows', { params, query: { limit: 20 } }, { enabled: known, staleTime: metadataFresh });
  return toLoaded(
    query,
    ({ columns, rows, total }) =>
      ({ columns, rows, total }) as NonNullable<ReturnType<PanelContext['useRows']>['data']>,
  );
};

const usePreview: PanelContext['usePreview'] = () => {
  type Request = Parameters<ReturnType<PanelContext['usePreview']>['run']>[0];
  const nodeId = useContext(PanelNodeContext);
  const node = useDrawing().workflow.nodes.find(({ id }) => id === nodeId);
  const mutation = useMutation({
    mutationFn: ({ connection, ...body }: Request) => callWith('previewRead', { params: { connection }, body }),
    // Of the settings that were asked with: the drawing may have gone on meanwhile.
    onMutate: () => node,
    onSettled: (reply, failure, { filter }, asked) =>
      asked && setRefused(asked, filterIssue(asked.id, filter, reply?.error ?? failure), openWorkflow()),
  });
  const { data, error, isPending, variables } = mutation;
  const failure = error instanceof ApiError ? asErrorReply(error) : ((data?.error ?? null) as Loaded<never>['error']);
  type Result = ReturnType<PanelContext['usePreview']>['result'];
  return {
    run: (request) => mutation.mutate(request),
    result: {
      data: data && !data.error ? (data as unknown as Result['data']) : null,
      error: failure,
      loading: isPending,
      reload: () => variables && mutation.mutate(variables),
    },
  };
};

/** What was refused of a filter, at its very part; null where something else went wrong, or nothing. */
function filterIssue(nodeId: string, filter: FilterGroup, failure: unknown): Issue | null {
  if (!failure) return null;
  const error = failure as ErrorReply;
  for (const { condition, path } of filterConditions(filter)) {
    const part = refusedPart(error, condition);
    const { code, message, action } = error;
    if (part) return { code, message, action, severity: 'error', nodeId, path: `${path}.${part}` };
  }
  return null;
}

const useRecordCount: PanelContext['useRecordCount'] = (request) => {
  const query = useQuery({
    queryKey: ['previewRead', request],
    queryFn: request
      ? () => {
          const { connection, ...body } = request;
          return callWith('previewRead', { params: { connection }, body });
        }
      : skipToken,
    staleTime: 30_000,
  });
  const { data, error, isFetching, refetch } = query;
  const loaded = toLoaded({ data, error: error as ApiError | null, isFetching, refetch }, (reply) => reply.count);
  return data?.error ? { ...loaded, data: null, error: data.error as Loaded<never>['error'] } : loaded;
};

const useOptions: PanelContext['useOptions'] = () => toLoaded(useApi('listOptions'), asItIs);

const useOptionHistory: PanelContext['useOptionHistory'] = (name) =>
  toLoaded(
    useApi('getOption', { params: { option: name ?? '' } }, { enabled: name !== null }),
    (option) => option.history,
  );

const useOptionChange: PanelContext['useOptionChange'] = () => {
  const allowed = useMay('editor');
  const [error, setError] = useState<ReturnType<PanelContext['useOptionChange']>['error']>(null);
  const set = useChange('setOption', ['listOptions', 'getOption']);
  const move = useChange('moveOption', ['listOptions', 'getOption']);
  const remove = useChange('deleteOption', ['listOptions']);
  const attempt = async (change: () => Promise<unknown>): Promise<boolean> => {
    setError(null);
    try {
      await change();
      return true;
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      setError(asErrorReply(failure));
      return false;
    }
  };
  return {
    allowed,
    error,
    set: (option, value, expected) => attempt(() => set.mutateAsync({ params: { option }, body: { value, expected } })),
    remove: (option) => attempt(() => remove.mutateAsync({ params: { option } })),
    move: (option, to, keep) => attempt(() => move.mutateAsync({ params: { option }, body: { to, keep } })),
  };
};

/** From the list: most names were never set yet, which is no failure, and each would be asked for while it is typed. */
const useOption: PanelContext['useOption'] = (name) =>
  toLoaded(
    useApi('listOptions', {}, { enabled: name !== null }),
    (options) => options.find((option) => option.name === name) ?? null,
  );

const useNextInstants: PanelContext['useNextInstants'] = (plan, timeZone) => {
  const query = useQuery({
    queryKey: ['previewSchedule', plan, timeZone],
    queryFn: plan ? () => callWith('previewSchedule', { body: { ...plan, timeZone } }) : skipToken,
    staleTime: 30_000,
  });
  const { data, error, isFetching, refetch } = query;
  const loaded = toLoaded({ data, error: error as ApiError | null, isFetching, refetch }, (reply) => reply.instants);
  return data?.error ? { ...loaded, data: null, error: data.error as Loaded<never>['error'] } : loaded;
};

/** What arrives at a node: computed over the nodes before it only, so that a large drawing does not slow typing down. */
function arrivingColumns(workflow: Workflow, nodeId: string): InputColumns[] {
  const before = new Set([nodeId]);
  const transitions = [...workflow.transitions, ...jumpTransitions(workflow.nodes, nodeCatalog)];
  for (const id of before) for (const one of transitions) if (one.to === id) before.add(one.from);
  const graph = buildGraph({
    nodes: workflow.nodes.filter((node) => before.has(node.id)),
    transitions: transitions.filter((one) => before.has(one.to)),
  });
  return inputColumns(graph, graphColumns(graph, nodeCatalog), nodeId);
}

export function useInputColumns(nodeId: string): InputColumns[] {
  // A moment later than the drawing: typing comes first.
  const workflow = useDeferredValue(useDrawing().workflow);
  return useMemo(() => arrivingColumns(workflow, nodeId), [workflow, nodeId]);
}

function useNodeIssues(nodeId: string, path?: string) {
  const issues = useProblems((state) => state.issues);
  return useMemo(
    () =>
      issues.filter(
        (issue) =>
          issue.nodeId === nodeId && (!path || issue.path === path || issue.path?.startsWith(`${path}.`) === true),
      ),
    [issues, nodeId, path],
  );
}

/** The node whose panel is drawn: its hooks ask here, so that they are the same functions for every node. */
export const PanelNodeContext = createContext('');

const useColumns: PanelContext['useColumns'] = () => useInputColumns(useContext(PanelNodeContext));

/** What may be shown as wrong; what is only still to be filled in on a node just added is not among it. */
export function useLoudIssues(nodeId: string, path?: string) {
  const issues = useNodeIssues(nodeId, path);
  const touched = useFresh((state) => state.touched);
  return useMemo(() => issues.filter((issue) => !isQuiet(touched, issue)), [issues, touched]);
}

const useIssues: PanelContext['useIssues'] = (path) => useLoudIssues(useContext(PanelNodeContext), path);

const useMissing: PanelContext['useMissing'] = (path) => {
  const issues = useNodeIssues(useContext(PanelNodeContext), path);
  const touched = useFresh((state) => state.touched);
  return issues.some((issue) => isQuiet(touched, issue));
};

const hooks = {
  useConnections,
  useObjects,
  useFields,
  useExtensions,
  useExtension,
  useGuide,
  useColumns,
  useNodeNames,
  useNodesBehind,
  useSent,
  useWorkflows,
  useWorkflowNames,
  useActivityNames,
  useRows,
  useLocalTables,
  usePreview,
  useRecordCount,
  useOptions,
  useOption,
  useOptionHistory,
  useOptionChange,
  useNextInstants,
  useIssues,
  useMissing,
};

/** For a panel below a `PanelNodeContext` of the node. */
export function usePanelContext(node: WorkflowNode): PanelContext {
  const { workflow } = useDrawing();
  const session = useSession();
  const navigate = useNavigate();
  const { internalName, label } = workflow;
  const timeZone = node.timeZone || workflow.settings?.timeZone || session.timeZone;
  return useMemo(
    () => ({
      ...hooks,
      workflow: { internalName, label, timeZone },
      openOption: (name: string) => void navigate(`/options/${encodeURIComponent(name)}`),
      openRun: (id: string) => void navigate(`/runs/${id}`),
      openConnections: () => void navigate('/connections'),
      openWorkflow: (name: string) => void navigate(`/workflows/${name}`),
    }),
    [internalName, label, timeZone, navigate],
  );
}
