import { CommanderError } from 'commander';
import type { ErrorReply, Issue } from '../contract/errors.ts';
import { RetryLater, toErrorReply, UserError } from '../contract/errors.ts';
import type { Terminal } from './terminal.ts';

/** Bad file or bad usage. */
export const usageExit = 2;

/** One line that says what is wrong and what to do; an unknown error keeps its stack, since it is a bug. */
export function printFailure(error: unknown, { err }: Terminal): void {
  if (error instanceof CommanderError) return;
  if (error instanceof UserError || error instanceof RetryLater) {
    const { message, action, issues } = toErrorReply(error);
    err.write(`syncline: ${message} ${action}\n`);
    for (const issue of issues ?? []) err.write(`  ${issueLine(issue)}\n`);
    return;
  }
  err.write(`syncline: ${error instanceof Error ? error.stack : String(error)}\n`);
}

/** 2 for what the person at the keyboard can mend, 1 for the rest. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageExit;
  return error instanceof UserError ? usageExit : 1;
}

export function failureReply(error: unknown): { error: ErrorReply } {
  return { error: toErrorReply(error) };
}

/** `error WORKFLOW_INVALID contacts.fields: message action` */
export function issueLine(issue: Issue, nodeName?: string): string {
  const path = issue.path && issue.message.startsWith(`${issue.path}:`) ? undefined : issue.path;
  const place = [nodeName ?? issue.nodeId ?? issue.transitionId, path].filter(Boolean).join('.');
  return `${issue.severity} ${issue.code}${place ? ` ${place}` : ''}: ${issue.message} ${issue.action}`;
}
