/** Signals: what reaches a workflow from outside while it runs, or makes it run. Their parameters are typed and become variables. */
import { z } from 'zod';
import { UserError } from './errors.ts';
import type { Json } from './types.ts';
import { columnTypeSchema, toCell } from './types.ts';
import { internalNameSchema } from './workflow.ts';

export const signalParameterSchema = z.strictObject({
  name: z.string().max(64).default(''),
  type: columnTypeSchema.default('text'),
  required: z.boolean().default(false),
  /** What it is when it is left out, as text of its type; empty: no value. */
  default: z.string().max(1_000).default(''),
});
export type SignalParameter = z.output<typeof signalParameterSchema>;

/** A node that can be reached by a signal says so by its definition. */
export interface SignalDeclaration {
  /** Under which it is sent; unique in a workflow. */
  name: string;
  parameters: SignalParameter[];
  /** What becomes of a signal that nothing waits for: kept until something does, the start of a run, or refused. */
  unexpected: 'queue' | 'start' | 'refuse';
}

/** A signal as a node gets it. */
export interface ReceivedSignal {
  id: string;
  parameters: Record<string, Json>;
  /** The task is over with it; else it goes on waiting for more. */
  complete: boolean;
  /** Who sent it. */
  by: string;
  /** ISO. */
  at: string;
  /** What came with it, in the order in which it came: one call, or those that were taken together. */
  calls(): AsyncIterable<ReceivedCall>;
  /** Events of the call that came then (ISO) were rejected: they may come again as they are. */
  freeEvents(at: string, events: readonly NamedEvent[]): Promise<void>;
}

/** An event by which it is known when it comes again: by its id and by what it says. */
export interface NamedEvent {
  id: string;
  /** All of it. */
  event: unknown;
}

export interface ReceivedCall {
  /** When it came (ISO). */
  at: string;
  /** The JSON that was sent; null: none. */
  payload: Json;
  /** Places of events in it that came before, the same under the same id: they are left out. */
  known: readonly number[];
}

/** Adds a problem for each parameter that cannot be one. */
export function refineParameters(parameters: readonly SignalParameter[], list: string, ctx: z.RefinementCtx): void {
  const names = parameters.map((parameter) => parameter.name);
  parameters.forEach((parameter, index) => {
    const problem = (path: keyof SignalParameter, message: string): void =>
      ctx.addIssue({ code: 'custom', path: [list, index, path], message });
    const named = internalNameSchema.safeParse(parameter.name);
    if (parameter.name === '') problem('name', 'give the parameter a name');
    else if (!named.success) problem('name', named.error.issues[0]?.message ?? 'is not a name');
    if (parameter.name !== '' && names.indexOf(parameter.name) !== index)
      problem('name', `another parameter is called "${parameter.name}" too`);
    const value = parameter.default === '' ? null : toCell(parameter.type, parameter.default);
    if (value && !value.ok) problem('default', value.reason);
  });
}

/** The variables that given parameters become, each in the form of its type. Throws UserError SIGNAL_PARAMETER. */
export function readParameters(
  declared: readonly SignalParameter[],
  given: Readonly<Record<string, unknown>>,
): Record<string, Json> {
  const unknown = Object.keys(given).find((name) => !declared.some((parameter) => parameter.name === name));
  if (unknown !== undefined) throw new UserError('SIGNAL_PARAMETER', { name: unknown, reason: 'it is not declared' });
  return Object.fromEntries(
    declared.flatMap((parameter) => {
      const value = readParameter(parameter, Object.hasOwn(given, parameter.name) ? given[parameter.name] : null);
      return value === null ? [] : [[parameter.name, value] as const];
    }),
  );
}

function readParameter({ name, type, required, default: fallback }: SignalParameter, value: unknown): Json {
  const left = value === null || value === undefined;
  if (left && required) throw new UserError('SIGNAL_PARAMETER', { name, reason: 'it is required' });
  if (left && fallback === '') return null;
  const cell = toCell(type, left ? fallback : value);
  if (!cell.ok) throw new UserError('SIGNAL_PARAMETER', { name, reason: cell.reason });
  return cell.value;
}
