import type { Query, Reply } from '../../../contract/api.ts';
import { call, endpointUrl } from '../../api/call.ts';

export type RowsPage = Reply<'listRows'>;
export type RowsQuery = NonNullable<Query<'listRows'>>;
export type DownloadFormat = 'csv' | 'json';

/** Opens what a row of a grid stands for. */
export type OpenRow = (cells: Readonly<Record<string, unknown>>) => void;

/** Where a grid's rows come from. */
export interface RowsSource {
  /** Another key means other rows: sort, filters and position begin anew. */
  key: string;
  load(query: RowsQuery, signal: AbortSignal): Promise<RowsPage>;
  /** The address of all rows as a file, in the order and with the filters shown; left out: no download is offered. */
  downloadUrl?(format: DownloadFormat, query: Pick<RowsQuery, 'search' | 'filter' | 'sort' | 'direction'>): string;
}

/** The rows behind a port of a task. */
export function taskRows(run: string, task: string, port: string): RowsSource {
  const params = { run, task, port };
  return {
    key: `${run}/${task}/${port}`,
    load: (query, signal) => call('listRows', { params, query, signal }),
    downloadUrl: (format, query) => endpointUrl('downloadRows', { params: { ...params, format }, query }),
  };
}

/** The rows of a local table. */
export function localRows(table: string): RowsSource {
  const params = { table };
  return { key: `local/${table}`, load: (query, signal) => call('listLocalRows', { params, query, signal }) };
}
