/**
 * What may stand in front of a bracket in a SELECT of a person. PostgreSQL has functions that read files, run statements of
 * their own, end sessions or change settings, and extensions add more: so those that may be called are listed, all of them
 * functions of their arguments alone.
 */
const syntax = `all and any array as between by case cast coalesce cube distinct else end except exists extract filter from
  greatest group grouping having in intersect join lateral least limit not nullif offset on or order over overlay
  partition position rollup row select sets some substring then trim union using values when where with within`;

const types = 'bit char character dec decimal float interval numeric time timestamp varchar varying';

const numbers = `abs acos asin atan atan2 ceil ceiling cos degrees div exp factorial floor gcd lcm ln log log10 mod pi power
  radians round sign sin sqrt tan trunc width_bucket`;

const texts = `ascii bit_length btrim char_length character_length chr concat concat_ws decode encode initcap left length
  lower ltrim md5 normalize octet_length regexp_count regexp_like regexp_match regexp_matches regexp_replace
  regexp_split_to_array regexp_split_to_table regexp_substr replace reverse right rtrim sha256 split_part starts_with
  string_to_array strpos substr to_char to_number translate upper`;

const dates = `age date date_bin date_part date_trunc justify_days justify_hours justify_interval make_date make_interval
  make_time make_timestamp make_timestamptz to_date to_timestamp timezone`;

const groups = `array_agg avg bit_and bit_or bool_and bool_or corr count every json_agg json_object_agg jsonb_agg
  jsonb_object_agg max min mode percentile_cont percentile_disc regr_slope stddev stddev_pop stddev_samp string_agg sum
  var_pop var_samp variance`;

const windows = `cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number`;

const structures = `array_length array_position array_to_string cardinality generate_series json_array_elements
  json_array_elements_text json_array_length json_build_array json_build_object json_each json_each_text
  json_extract_path json_extract_path_text json_object_keys json_typeof jsonb_array_elements
  jsonb_array_elements_text jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each jsonb_each_text
  jsonb_extract_path jsonb_extract_path_text jsonb_object_keys jsonb_typeof to_json to_jsonb unnest`;

const callable = new Set(
  [syntax, types, numbers, texts, dates, groups, windows, structures].flatMap((list) => list.split(/\s+/)),
);

/** Types that are values, not things of the database; with the words that can end a name of a type. */
const valueTypes = new Set(
  `bigint bool boolean bpchar bytea char character date dec decimal double float float4 float8 int int2 int4 int8 integer
  interval json jsonb numeric precision real smallint text time timestamp timestamptz timetz uuid varchar varying with
  without zone`.split(/\s+/),
);

/** What may stand in front of a text that is no type. */
const beforeTexts = new Set(['both', 'leading', 'to', 'trailing']);

/** `name` in lower case. */
export const mayBeType = (name: string): boolean => valueTypes.has(name) || beforeTexts.has(name);

/** `name` in lower case. */
export const mayCall = (name: string): boolean => callable.has(name);
