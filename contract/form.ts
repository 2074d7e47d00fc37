/** Forms as data: one description gives the panel in the browser, the check on both sides and the documentation. */

/** What nodes may ask of a connection. A CRM node lists those that are `crm`. */
export type Capability = 'crm' | 'dataExtensions' | 'files' | 'database' | 'mail' | 'webhook' | 'hook';

/**
 * What not every CRM can: a node offers it only where the connection has it. Dates of deletions, and not only which were
 * since a mark; reading records that are deleted; assignment rules that a write names; jobs for many records.
 */
export type CrmAbility = 'deletionDates' | 'readsDeleted' | 'assignmentRules' | 'bulkJobs';

export interface FormChoice {
  value: string;
  label: string;
  /** The consequence of choosing it, in one sentence. */
  hint?: string;
}

/** Holds while a setting has one of these values, and the other condition holds as well. */
export interface ShownWhen {
  name: string;
  is: readonly (string | boolean | number)[];
  and?: ShownWhen;
}

interface FieldBase {
  /** Path in the config, for example `retry.attempts`; inside a list, path in the item. */
  name: string;
  label: string;
  /** The consequence, not the mechanics. */
  hint?: string;
  /** Shown only while another setting (inside a list: of the same item) has one of these values. */
  when?: ShownWhen;
  optional?: boolean;
}

export type FormField =
  /** A template (`<%= %>`): the engine renders it just before the node runs, so the node finds the text in its config. */
  | (FieldBase & { kind: 'template'; placeholder?: string })
  /** A text that the drawing itself depends on, such as the name of a port or a column: it stays as it is. With `lines`, one of several lines. */
  | (FieldBase & { kind: 'text'; placeholder?: string; lines?: number })
  | (FieldBase & { kind: 'secret'; placeholder?: string })
  | (FieldBase & { kind: 'number'; min?: number; max?: number; unit?: string; placeholder?: string })
  | (FieldBase & { kind: 'switch' })
  | (FieldBase & { kind: 'choice'; choices: readonly FormChoice[]; display?: 'segments' | 'select' })
  | (FieldBase & { kind: 'expression'; placeholder?: string; lines?: number })
  /** `perRecord`: while it holds, the script runs for each record, and cannot await. */
  | (FieldBase & { kind: 'script'; placeholder?: string; lines?: number; perRecord?: ShownWhen })
  /** One or several columns of the input; `types` limits them. */
  | (FieldBase & { kind: 'column' | 'columns'; types?: readonly string[]; input?: string })
  /** One of the inbound transitions, by the id of the node it comes from. */
  | (FieldBase & { kind: 'input' })
  /** One of the nodes that rows can reach from here, by its id. */
  | (FieldBase & { kind: 'behind' })
  /** Text `2026-04-01` or `2026-04-01 08:00`, picked from a calendar. */
  | (FieldBase & { kind: 'date' })
  | (FieldBase & { kind: 'timeZone' })
  | (FieldBase & { kind: 'connection'; capability: Capability })
  | (FieldBase & { kind: 'localTable' })
  /** The internalName of another workflow. */
  | (FieldBase & { kind: 'workflow' })
  /** A list of small forms. */
  | (FieldBase & { kind: 'list'; item: FormField[]; addLabel: string; initial: Record<string, unknown> });

/** Whether a field (a step of a guide) counts, by the settings that its `when` names. */
export function isShown({ when }: { when?: ShownWhen }, config: unknown): boolean {
  return !when || holds(when, config);
}

export function holds({ name, is, and }: ShownWhen, config: unknown): boolean {
  const value = readPath(config, name);
  return is.some((wanted) => wanted === value) && (!and || holds(and, config));
}

/** Those that count: a field that hangs on one that is not shown is not shown either. */
export function shownFields<Field extends Pick<FormField, 'name' | 'when'>>(
  fields: readonly Field[],
  config: unknown,
): Field[] {
  const isLive = (field: Field): boolean => isShown(field, config) && ownersOf(field.when).every(isLive);
  const ownersOf = (when: ShownWhen | undefined): Field[] =>
    when ? [...fields.filter((field) => field.name === when.name), ...ownersOf(when.and)] : [];
  return fields.filter(isLive);
}

/** Reads a path such as `retry.attempts` or `fields.2.name` from a config. */
export function readPath(config: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, key) =>
        value === null || typeof value !== 'object' ? undefined : (value as Record<string, unknown>)[key],
      config,
    );
}

/** A copy of the config with the value at a path replaced; objects and arrays on the way are copied. */
export function writePath<T>(config: T, path: string, value: unknown): T {
  const [head = '', ...rest] = path.split('.');
  const inner = config as Record<string, unknown> | unknown[];
  const next =
    rest.length === 0 ? value : writePath((inner as Record<string, unknown>)?.[head] ?? {}, rest.join('.'), value);
  if (Array.isArray(inner)) return inner.map((item, index) => (String(index) === head ? next : item)) as T;
  return { ...inner, [head]: next } as T;
}

/**
 * What a person calls the setting at a path such as `columns.2.name`: the labels on the way, counted from 1 in lists. Where
 * the form knows only a part of the way, that part; null where it knows none of it.
 */
export function settingLabel(form: readonly FormField[], path: string): string | null {
  const field = form.find(({ name }) => path === name || path.startsWith(`${name}.`));
  if (!field) return null;
  const [place, ...rest] = path.slice(field.name.length + 1).split('.');
  if (field.kind !== 'list' || !place) return field.label;
  const inner = settingLabel(field.item, rest.join('.'));
  return [`${field.label} ${Number(place) + 1}`, inner].filter(Boolean).join(', ');
}

/** What a person does in an outside system first. */
export interface Guide {
  title: string;
  steps: (string | GuideStep)[];
}

export interface GuideStep {
  text: string;
  /** Shown only while the settings are so. */
  when?: ShownWhen;
  /** Texts to copy by a button. `{callbackUrl}` and names of settings in braces are replaced by what they stand for. */
  copy?: string[];
}
