/** What every field component is given. */
import type { FormField } from '../../../contract/form.ts';
import type { PanelContext } from './context.ts';

/** The members of FormField that can have one of the given kinds. */
type FieldOf<Kind> = FormField extends infer Field
  ? Field extends { kind: infer Own }
    ? [Extract<Kind, Own>] extends [never]
      ? never
      : Field
    : never
  : never;

export interface FieldProps<Kind extends FormField['kind'] = FormField['kind']> {
  field: FieldOf<Kind>;
  /** Path in the whole config; inside a list it names the item too. */
  path: string;
  value: unknown;
  /** `typing`: further calls of the same field become one step of undo. */
  onChange(value: unknown, typing?: boolean): void;
  /** The sentence of the worst problem at this path. */
  problem: string | null;
  readOnly: boolean;
  context: PanelContext;
}

/** What draws the fields of a form, or of one item of a list. */
export interface FieldsProps {
  fields: readonly FormField[];
  config: Record<string, unknown>;
  /** Path of `config` in the node's config; empty for the whole. */
  base: string;
  onChange(config: Record<string, unknown>, typing?: boolean, path?: string): void;
  readOnly: boolean;
  context: PanelContext;
}

export const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : value == null ? '' : String(value);
export const listOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
