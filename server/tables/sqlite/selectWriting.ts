/** SELECTs of people as SQLite reads them, and the functions that may stand in them: all compute from their arguments alone. */
import type { Param } from '../connection.ts';
import type { SelectWriting } from '../query/reader.ts';
import { sqliteValueFormat } from './rows.ts';

const syntax = `all and as between by case cast distinct else end except exists filter from group having in intersect join
  like limit materialized not offset on or order over partition select then union using values when where with`;

const types = 'bit char character dec decimal double float int integer numeric real text varchar';

const values = `abs acos asin atan atan2 ceil ceiling char coalesce concat concat_ws cos degrees exp floor format glob hex
  ifnull iif instr length ln log log10 log2 lower ltrim max min mod nullif octet_length pi pow power printf quote radians
  replace round rtrim sign sin sqrt substr substring tan trim trunc typeof unhex unicode upper`;

const dates = 'date datetime julianday strftime time timediff unixepoch';

const groups = `avg count cume_dist dense_rank first_value group_concat lag last_value lead nth_value ntile percent_rank rank
  row_number string_agg sum total`;

const structures = `json json_array json_array_length json_each json_extract json_group_array json_group_object json_insert
  json_object json_patch json_quote json_remove json_replace json_set json_tree json_type json_valid`;

const callable = new Set([syntax, types, values, dates, groups, structures].flatMap((list) => list.split(/\s+/)));

export const selectWriting: SelectWriting = {
  // Double quotes would make a text of a name that does not exist.
  quote: (name) => `\`${name.replaceAll('`', '``')}\``,
  shown: (type, column) => (type === 'decimal' ? `CAST(${column} AS NUMERIC)` : column),
  param: (value) => (typeof value === 'boolean' ? Number(value) : (value as Param)),
  mayCall: (name) => callable.has(name),
  // Any word makes a type, and all of them are values.
  mayBeType: () => true,
  valueFormat: sqliteValueFormat,
};
