/**
 * Every error a person can meet, once: by subject in `errors/`. The list in the README is compared with this table by a test.
 */
import { codeErrors } from './errors/code.ts';
import { connectionsErrors } from './errors/connections.ts';
import { crmErrors } from './errors/crm.ts';
import { databasesErrors } from './errors/databases.ts';
import { drawingsErrors } from './errors/drawings.ts';
import type { ErrorEntry } from './errors/entry.ts';
import { exportsErrors } from './errors/exports.ts';
import { filesErrors } from './errors/files.ts';
import { generalErrors } from './errors/general.ts';
import { instanceErrors } from './errors/instance.ts';
import { recordsErrors } from './errors/records.ts';
import { runsErrors } from './errors/runs.ts';
import { signalsErrors } from './errors/signals.ts';
import { valuesErrors } from './errors/values.ts';

export const errorTable = {
  ...generalErrors,
  ...drawingsErrors,
  ...runsErrors,
  ...instanceErrors,
  ...signalsErrors,
  ...codeErrors,
  ...valuesErrors,
  ...connectionsErrors,
  ...databasesErrors,
  ...crmErrors,
  ...recordsErrors,
  ...exportsErrors,
  ...filesErrors,
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorTable;
export type ErrorDetails = Record<string, string | number | boolean | null | undefined>;

/** The JSON shape of every error that leaves Syncline. */
export interface ErrorReply {
  code: ErrorCode;
  message: string;
  action: string;
  details?: ErrorDetails;
  issues?: Issue[];
}

/** A problem of a drawing, shown at its field. `path` leads into the node's config, for example `fields.2.conversion`. */
export interface Issue {
  code: ErrorCode;
  severity: 'error' | 'warning';
  message: string;
  action: string;
  nodeId?: string;
  transitionId?: string;
  path?: string;
  /** What most likely was meant: it mends the problem when it takes the place of the setting at `path`. */
  fix?: { value: string };
}

/** Replaces `{name}` by the details; an unknown name is left out. A detail that ends as a sentence needs no second full stop. */
function fill(template: string, details: ErrorDetails): string {
  return template.replace(/\{(\w+)\}(\.?)/g, (_, name: string, stop: string) => {
    const text = String(details[name] ?? '');
    return /[.!?]$/.test(text) ? text : text + stop;
  });
}

export function describeError(code: ErrorCode, details: ErrorDetails = {}): { message: string; action: string } {
  const entry = errorTable[code];
  return { message: fill(entry.message, details), action: fill(entry.action, details) };
}

/** Whether only a change of the workflow, an option or a connection mends it. */
export function isConfiguration(code: ErrorCode): boolean {
  return (errorTable[code] as ErrorEntry).configuration === true;
}

export function makeIssue(
  code: ErrorCode,
  details: ErrorDetails,
  place: Pick<Issue, 'nodeId' | 'transitionId' | 'path'> = {},
  severity: Issue['severity'] = 'error',
): Issue {
  return { code, severity, ...describeError(code, details), ...place };
}

/** An error that a person can mend: shown with its code, never retried by itself. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly issues: Issue[] | undefined;
  constructor(code: ErrorCode, details: ErrorDetails = {}, options: { cause?: unknown; issues?: Issue[] } = {}) {
    super(describeError(code, details).message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = details;
    this.issues = options.issues;
  }
}

/** The world may mend it: the engine tries the task again, not before `after` (milliseconds), while its retry policy allows. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly after: number | undefined;
  /** Whether it uses up one of the node's tries: not where a limit that people have agreed on makes it wait. */
  readonly counts: boolean;
  constructor(
    code: ErrorCode,
    details: ErrorDetails = {},
    options: { after?: number; counts?: boolean; cause?: unknown } = {},
  ) {
    super(describeError(code, details).message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = details;
    this.after = options.after;
    this.counts = options.counts ?? true;
  }
}

/** The reply for any thrown value; what is neither UserError nor RetryLater is a bug and keeps its text inside. */
export function toErrorReply(error: unknown, id = ''): ErrorReply {
  if (error instanceof UserError || error instanceof RetryLater) {
    const issues = error instanceof UserError ? error.issues : undefined;
    return {
      code: error.code,
      ...describeError(error.code, error.details),
      details: error.details,
      ...(issues ? { issues } : {}),
    };
  }
  const reason = error instanceof Error ? error.message : String(error);
  return { code: 'BUG', ...describeError('BUG', { reason, id }) };
}
