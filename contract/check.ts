/** All problems of a workflow, as the editor lists them and as `syncline validate` prints them. Pure. */

import { checkCode } from './checkCode.ts';
import type { Issue } from './errors.ts';
import { makeIssue } from './errors.ts';
import type { Graph } from './graph.ts';
import {
  buildGraph,
  carriesRows,
  graphColumns,
  inputColumns,
  jumpPoints,
  manualStarts,
  reachableFrom,
} from './graph.ts';
import type { CheckScope, NodeCatalog } from './node.ts';
import { nodePorts, parsedConfig } from './node.ts';
import { plainWords } from './plainWords.ts';
import type { Workflow, WorkflowNode } from './workflow.ts';
import { formatVersion, workflowSchema } from './workflow.ts';

/** Parses a file's JSON. Shape problems come back as issues, never as an exception. */
export function parseWorkflow(
  value: unknown,
): { workflow: Workflow; issues: [] } | { workflow: null; issues: Issue[] } {
  const version =
    value !== null && typeof value === 'object' ? (value as Record<string, unknown>).formatVersion : undefined;
  if (typeof version === 'number' && version !== formatVersion) {
    return { workflow: null, issues: [makeIssue('FORMAT_UNKNOWN', { version, known: formatVersion })] };
  }
  const parsed = workflowSchema.safeParse(value, { error: plainWords });
  if (parsed.success) return { workflow: parsed.data, issues: [] };
  return {
    workflow: null,
    issues: parsed.error.issues.map((issue) =>
      makeIssue(
        'CONFIG_INVALID',
        { field: fieldName(value, issue.path), reason: issue.message },
        { path: issue.path.join('.') },
      ),
    ),
  };
}

/** `nodes.3.label` says little to a person: a node goes by its name where it has one. */
function fieldName(file: unknown, path: readonly PropertyKey[]): string {
  const [list, place, ...rest] = path;
  if (list !== 'nodes' || typeof place !== 'number') return path.join('.') || 'file';
  const node: unknown = (file as { nodes: unknown[] }).nodes[place];
  const name = node !== null && typeof node === 'object' && 'name' in node ? node.name : undefined;
  const shown = typeof name === 'string' && name !== '' ? `node "${name}"` : `node ${place + 1}`;
  return [shown, rest.join('.')].filter(Boolean).join(', ');
}

export function checkWorkflow(
  workflow: Workflow,
  catalog: NodeCatalog,
  connections: CheckScope['connections'] = null,
  workflows: CheckScope['workflows'] = null,
): Issue[] {
  const around = { connections, workflows, workflow: workflow.internalName };
  const graph = buildGraph(workflow, catalog);
  const columns = graphColumns(graph, catalog);
  return [
    ...checkNames(workflow),
    ...workflow.nodes.flatMap((node) =>
      checkNode(node, graph, catalog, {
        node,
        inputs: inputColumns(graph, columns, node.id),
        deliverers: () => findDeliverers(graph, catalog, node),
        drawn: () => (graph.out.get(node.id) ?? []).map(({ port }) => port),
        ...around,
      }),
    ),
    ...checkTransitions(workflow, graph, catalog),
    ...checkStarts(workflow, graph, catalog),
    ...checkJoins(graph, catalog),
    ...checkJumps(workflow, catalog),
    ...checkCursors(workflow, catalog),
  ];
}

function findDeliverers(graph: Graph, catalog: NodeCatalog, from: WorkflowNode): string[] {
  const reached = reachableFrom(graph, [from.id]);
  return [...graph.nodes.values()].flatMap((node) => {
    const definition = catalog.get(node.type);
    const delivers = definition?.delivers?.(parsedConfig(definition, node)) ?? false;
    return delivers && node.id !== from.id && reached.has(node.id) ? [node.id] : [];
  });
}

function repeated<T>(items: readonly T[], key: (item: T) => string): T[] {
  const seen = new Set<string>();
  return items.filter((item) => seen.size === seen.add(key(item)).size);
}

function checkNames(workflow: Workflow): Issue[] {
  return [
    ...repeated(workflow.nodes, (node) => node.id).map((node) =>
      makeIssue('NODE_ID_TAKEN', { id: node.id }, { nodeId: node.id }),
    ),
    ...repeated(workflow.nodes, (node) => node.name).map((node) =>
      makeIssue('NODE_NAME_TAKEN', { name: node.name }, { nodeId: node.id, path: 'name' }),
    ),
  ];
}

function checkNode(node: WorkflowNode, graph: Graph, catalog: NodeCatalog, scope: CheckScope): Issue[] {
  const definition = catalog.get(node.type);
  if (!definition) return [makeIssue('NODE_TYPE_UNKNOWN', { type: node.type }, { nodeId: node.id })];
  const parsed = definition.config.safeParse({ ...definition.defaults, ...node.config }, { error: plainWords });
  const issues = [...checkInputs(node, graph, catalog), ...checkCode(node, definition)];
  if (!parsed.success) {
    return [
      ...issues,
      ...parsed.error.issues.map((issue) =>
        makeIssue(
          'CONFIG_INVALID',
          { field: issue.path.join('.') || node.label, reason: issue.message },
          { nodeId: node.id, path: issue.path.join('.') },
        ),
      ),
    ];
  }
  return [...issues, ...(definition.check?.(parsed.data, scope) ?? [])];
}

function checkInputs(node: WorkflowNode, graph: Graph, catalog: NodeCatalog): Issue[] {
  const definition = catalog.get(node.type);
  if (!definition) return [];
  const inbound = graph.in.get(node.id) ?? [];
  const place = { nodeId: node.id };
  if (definition.inputs.max === 0 && inbound.length > 0)
    return [makeIssue('INPUT_REFUSED', { node: node.label }, place)];
  const { min } = definition.inputs;
  if (inbound.length < min)
    return [makeIssue('INPUT_MISSING', { node: node.label, needed: neededInputs(min, inbound.length) }, place)];
  const bare =
    inbound.length > 0 &&
    definition.inputs.rows === 'required' &&
    !inbound.some((transition) => carriesRows(graph, catalog, transition));
  return bare ? [makeIssue('INPUT_NO_ROWS', { node: node.label }, place)] : [];
}

/** Who has drawn one of two has to read that the second is missing. */
function neededInputs(min: number, there: number): string {
  if (min === 1) return 'an inbound transition';
  return there === 0 ? `${min} inbound transitions` : `${min} inbound transitions and has ${there}`;
}

function checkTransitions(workflow: Workflow, graph: Graph, catalog: NodeCatalog): Issue[] {
  return workflow.transitions.flatMap((transition) => {
    const from = graph.nodes.get(transition.from);
    if (!from || !graph.nodes.has(transition.to))
      return [makeIssue('TRANSITION_DANGLING', {}, { transitionId: transition.id })];
    const definition = catalog.get(from.type);
    const known = !definition || nodePorts(definition, from).some((port) => port.name === transition.port);
    return known
      ? []
      : [
          makeIssue(
            'PORT_UNKNOWN',
            { node: from.label, port: transition.port },
            { nodeId: from.id, transitionId: transition.id },
          ),
        ];
  });
}

function checkStarts(workflow: Workflow, graph: Graph, catalog: NodeCatalog): Issue[] {
  if (workflow.nodes.length === 0) return [];
  const starts = manualStarts(graph, catalog);
  if (starts.length === 0) return [makeIssue('NOTHING_STARTS', {})];
  const reached = reachableFrom(graph, starts);
  return workflow.nodes
    .filter((node) => !reached.has(node.id))
    .map((node) => makeIssue('UNREACHABLE', { node: node.label }, { nodeId: node.id }, 'warning'));
}

/** Two joins of which each has an input that only the other one leads to. A loop through one join alone waits for nothing. */
function checkJoins(graph: Graph, catalog: NodeCatalog): Issue[] {
  const joins = [...graph.nodes.values()].filter((node) => catalog.get(node.type)?.inputs.join === 'all');
  const starts = [...graph.nodes.keys()].filter((id) => (graph.in.get(id) ?? []).length === 0);
  const needs = (node: WorkflowNode, other: WorkflowNode): boolean => {
    const without = reachableFrom(graph, starts, new Set([other.id]));
    const behind = reachableFrom(graph, [other.id]);
    return (graph.in.get(node.id) ?? []).some(
      ({ from }) => behind.has(from) && (from === other.id || !without.has(from)),
    );
  };
  return joins.flatMap((node, index) =>
    joins
      .slice(index + 1)
      .filter((other) => needs(node, other) && needs(other, node))
      .map((other) =>
        makeIssue('JOINS_WAIT', { nodes: `${node.label}, ${other.label}` }, { nodeId: node.id }, 'warning'),
      ),
  );
}

/** A jump to nowhere ends its branch, like an output without a transition; two targets of one name leave no choice. */
function checkJumps(workflow: Workflow, catalog: NodeCatalog): Issue[] {
  const points = jumpPoints(workflow.nodes, catalog);
  const targets = points.filter(({ point }) => point === 'in');
  return [
    ...repeated(targets, ({ name }) => name).map(({ node, name }) =>
      makeIssue('JUMP_AMBIGUOUS', { name }, { nodeId: node.id }),
    ),
    ...points
      .filter(({ point, name }) => point === 'out' && !targets.some((target) => target.name === name))
      .map(({ node, name }) => makeIssue('JUMP_NOWHERE', { name }, { nodeId: node.id }, 'warning')),
  ];
}

/** As far as the names of options are known while drawing. */
function checkCursors({ nodes }: Workflow, catalog: NodeCatalog): Issue[] {
  const named = nodes.flatMap((node) => {
    const definition = catalog.get(node.type);
    const template = definition?.cursorOption?.(parsedConfig(definition, node)) ?? null;
    if (template === null) return [];
    return [{ node, name: template.replace(/<%=\s*(?:activityName|activity\.name)\s*%>/g, () => node.name).trim() }];
  });
  return [...Map.groupBy(named, ({ name }) => name).values()].flatMap((sharing) => {
    const [first, ...others] = sharing;
    if (!first || others.length === 0) return [];
    const labels = sharing.map(({ node }) => node.label).join(', ');
    return [makeIssue('OPTION_SHARED', { nodes: labels }, { nodeId: first.node.id }, 'warning')];
  });
}

/** Whether a workflow may be run: warnings do not hinder. */
export function canRun(issues: readonly Issue[]): boolean {
  return issues.every((issue) => issue.severity === 'warning');
}
