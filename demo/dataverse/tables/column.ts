export type ColumnType =
  | 'Uniqueidentifier'
  | 'String'
  | 'Memo'
  | 'Integer'
  | 'BigInt'
  | 'Decimal'
  | 'Double'
  | 'Money'
  | 'Boolean'
  | 'DateTime'
  | 'Picklist'
  | 'MultiSelectPicklist'
  | 'State'
  | 'Status'
  | 'Lookup'
  | 'Customer'
  | 'Owner';

export type RequiredLevel = 'None' | 'Recommended' | 'ApplicationRequired' | 'SystemRequired';

/** Texts, ids and dates as texts, numbers, check boxes; several choices as `1,2`. */
export type Value = string | number | boolean | null;

export interface Option {
  value: number;
  label: string;
  /** Of a status reason: the state it belongs to. */
  state?: number;
}

export interface Column {
  /** The logical name: lower case. */
  name: string;
  schemaName: string;
  label: string;
  type: ColumnType;
  required: RequiredLevel;
  create: boolean;
  update: boolean;
  /** A calculated column or a rollup. */
  calculated: boolean;
  maxLength?: number;
  /** Of texts: Text, Email, Phone, Url, TextArea. Of dates: DateOnly, DateAndTime. */
  format?: string;
  behavior?: 'UserLocal' | 'DateOnly' | 'TimeZoneIndependent';
  precision?: number;
  min?: number;
  max?: number;
  options?: readonly Option[];
  /** The name of the option set, where several columns share it. */
  globalOptions?: string;
  /** Logical names of the tables a lookup leads to. */
  targets?: readonly string[];
  /** The collection of the target that holds the rows which refer to it. */
  relation?: string;
}

type More = Partial<Omit<Column, 'name' | 'label' | 'type'>>;

function column(name: string, label: string, type: ColumnType, more: More = {}): Column {
  return {
    name,
    schemaName: schemaNameOf(name, label),
    label,
    type,
    required: 'None',
    create: true,
    update: true,
    calculated: false,
    ...more,
  };
}

/** `new_renewalon` with the label "Renewal On" is `new_RenewalOn`; a system column only begins with a capital. */
function schemaNameOf(name: string, label: string): string {
  const [, prefix = '', rest = name] = /^([a-z]+_)?(.*)$/.exec(name) ?? [];
  const words = label.replace(/[^A-Za-z0-9]/g, '');
  const known = words.toLowerCase() === rest ? words : rest.charAt(0).toUpperCase() + rest.slice(1);
  return prefix + known;
}

export const text = (name: string, label: string, maxLength = 100, more: More = {}): Column =>
  column(name, label, 'String', { maxLength, format: 'Text', ...more });
export const email = (name: string, label: string): Column => text(name, label, 100, { format: 'Email' });
export const phone = (name: string, label: string): Column => text(name, label, 50, { format: 'Phone' });
export const memo = (name: string, label: string, maxLength = 2000): Column =>
  column(name, label, 'Memo', { maxLength, format: 'TextArea' });
export const whole = (name: string, label: string, min: number, max: number): Column =>
  column(name, label, 'Integer', { min, max });
export const decimal = (name: string, label: string, precision: number): Column =>
  column(name, label, 'Decimal', { precision, min: -100_000_000_000, max: 100_000_000_000 });
export const double = (name: string, label: string): Column =>
  column(name, label, 'Double', { precision: 5, min: -90, max: 180 });
export const money = (name: string, label: string): Column =>
  column(name, label, 'Money', { precision: 2, min: -922_337_203_685_477, max: 922_337_203_685_477 });
export const check = (name: string, label: string): Column =>
  column(name, label, 'Boolean', { options: [option(0, 'No'), option(1, 'Yes')] });
export const instant = (name: string, label: string, more: More = {}): Column =>
  column(name, label, 'DateTime', { format: 'DateAndTime', behavior: 'UserLocal', ...more });
export const day = (name: string, label: string): Column =>
  column(name, label, 'DateTime', { format: 'DateOnly', behavior: 'DateOnly' });
export const choice = (name: string, label: string, options: readonly Option[], more: More = {}): Column =>
  column(name, label, 'Picklist', { options, ...more });
export const choices = (name: string, label: string, options: readonly Option[]): Column =>
  column(name, label, 'MultiSelectPicklist', { options });
export const lookup = (name: string, label: string, target: string, relation: string, more: More = {}): Column =>
  column(name, label, 'Lookup', { targets: [target], relation, ...more });
export const customer = (name: string, label: string, relation: string, more: More = {}): Column =>
  column(name, label, 'Customer', { targets: ['account', 'contact'], relation, ...more });

export const option = (value: number, label: string): Option => ({ value, label });
/** Options numbered from one on. */
export const options = (...labels: string[]): Option[] => labels.map((label, index) => option(index + 1, label));

const system = { create: false, update: false } as const;

/** What every table has. States are numbered from 0, each with its status reasons. */
export function systemColumns(table: string, states: Record<string, Record<number, string>>): Column[] {
  const stateOptions = Object.keys(states).map((label, index) => option(index, label));
  const statusOptions = Object.values(states).flatMap((reasons, state) =>
    Object.entries(reasons).map(([value, label]) => ({ value: Number(value), label, state })),
  );
  return [
    instant('createdon', 'Created On', { ...system }),
    instant('modifiedon', 'Modified On', { ...system }),
    instant('overriddencreatedon', 'Record Created On', { format: 'DateOnly', update: false }),
    lookup('createdby', 'Created By', 'systemuser', `lk_${table}base_createdby`, { ...system }),
    lookup('modifiedby', 'Modified By', 'systemuser', `lk_${table}base_modifiedby`, { ...system }),
    column('ownerid', 'Owner', 'Owner', {
      targets: ['systemuser', 'team'],
      required: 'SystemRequired',
      relation: `owner_${table}s`,
    }),
    // A row is born in the first state; another one is a change.
    column('statecode', 'Status', 'State', { options: stateOptions, required: 'SystemRequired', create: false }),
    column('statuscode', 'Status Reason', 'Status', { options: statusOptions }),
    column('versionnumber', 'Version Number', 'BigInt', { ...system }),
    whole('importsequencenumber', 'Import Sequence Number', -2_147_483_648, 2_147_483_647),
  ];
}

export const moneyColumns = (table: string): Column[] => [
  lookup('transactioncurrencyid', 'Currency', 'transactioncurrency', `transactioncurrency_${table}`),
  column('exchangerate', 'Exchange Rate', 'Decimal', { precision: 12, min: 0, max: 100_000_000_000, ...system }),
];

export const idColumn = (name: string, label: string): Column =>
  column(name, label, 'Uniqueidentifier', { required: 'SystemRequired', update: false });
