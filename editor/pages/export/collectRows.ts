import { ApiError } from '../../api/apiError.ts';
import { call } from '../../api/call.ts';
import { t } from '../../texts/t.ts';
import { type RecordAction, rowsFor } from './recordActions.ts';
import { mostChosen } from './useChoice.ts';
import type { RecordQuery } from './useRecordFilters.ts';

const pageSize = 500;

/** The rows, among the records that fit the filters, that an action can take. Throws where there are none, or too many for one request. */
export async function collectRows(id: string, query: RecordQuery, action: RecordAction): Promise<number[]> {
  const rows: number[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await call('listExportRecords', {
      params: { export: id },
      query: { ...query, limit: pageSize, ...(cursor ? { cursor } : {}) },
    });
    // Who filters by what was said before means to say something else now.
    rows.push(...rowsFor(action, page.records, query.mark !== undefined));
    if (rows.length > mostChosen)
      throw new ApiError(
        { message: t('do.scope.tooMany', { count: mostChosen }), action: t('do.scope.tooManyAction') },
        0,
      );
    cursor = page.cursor;
  }
  if (rows.length === 0) throw new ApiError({ message: t('do.scope.none'), action: t('do.scope.noneAction') }, 0);
  return rows;
}
