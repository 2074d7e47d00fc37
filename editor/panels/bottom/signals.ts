import type { UseQueryResult } from '@tanstack/react-query';
import type { Reply } from '../../../contract/api.ts';
import type { Workflow } from '../../../contract/workflow.ts';
import type { ApiError } from '../../api/apiError.ts';
import { useApi } from '../../api/queries.ts';
import { nodeCatalog } from '../../catalog/nodes.ts';

/** Whether anything can come to the workflow from outside: a signal, or a call of a webhook. */
export function isReachable({ nodes }: Pick<Workflow, 'nodes'>): boolean {
  return nodes.some(({ type }) => {
    const definition = nodeCatalog.get(type);
    return definition?.signal !== undefined || definition?.hook !== undefined;
  });
}

/** What came lately, newest first. Nothing tells the browser of it, so it asks again while that is on screen. */
export function useSignals(workflow: string, enabled: boolean): UseQueryResult<Reply<'listSignals'>, ApiError> {
  return useApi('listSignals', { params: { workflow } }, { enabled, every: 10_000 });
}

/** What its webhooks took and no run has brought to its end yet. */
export function useWaitingEvents(workflow: string): UseQueryResult<Reply<'listWaitingEvents'>, ApiError> {
  return useApi('listWaitingEvents', { params: { workflow } }, { every: 10_000 });
}
