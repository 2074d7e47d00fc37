import type { Query } from '../../../contract/api.ts';
import { exportActions, exportMarks, exportOutcomes } from '../../../contract/exports.ts';
import { useParams } from '../frame/useParam.ts';

export type RecordQuery = Pick<
  NonNullable<Query<'listExportRecords'>>,
  'action' | 'outcome' | 'field' | 'code' | 'mark' | 'search'
>;

const names = ['action', 'outcome', 'field', 'code', 'mark', 'search'] as const;
type Name = (typeof names)[number];

const none: Record<Name, string> = { action: '', outcome: '', field: '', code: '', mark: '', search: '' };

/** Which records of an export are shown: kept in the page's address, asked of the server. */
export function useRecordFilters() {
  const [values, set] = useParams(names);
  const query = readQuery(values);
  return { query, some: Object.keys(query).length > 0, set, clear: () => set(none) };
}

export type RecordFilterValues = ReturnType<typeof useRecordFilters>;

/** What the address says and the server would not understand is left out. */
function readQuery(values: Record<Name, string>): RecordQuery {
  const action = [...exportActions, 'refused' as const].find((one) => one === values.action);
  const outcome = exportOutcomes.find((one) => one === values.outcome);
  const mark = [...exportMarks, 'none' as const].find((one) => one === values.mark);
  const { field, code, search } = values;
  return {
    ...(action ? { action } : {}),
    ...(outcome ? { outcome } : {}),
    ...(mark ? { mark } : {}),
    ...(field ? { field } : {}),
    ...(code ? { code } : {}),
    ...(search ? { search } : {}),
  };
}
