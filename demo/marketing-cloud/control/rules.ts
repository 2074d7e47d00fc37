import { FAULT_KINDS, type FaultRule } from '../faultKinds.ts';

/** A control request that makes no sense; the message says what would. */
export class ControlError extends Error {}

const MATCH_KEYS = ['method', 'path', 'query', 'body'];
const TEXT_KEYS = ['message', 'body', 'contentType'] as const;
const NUMBER_KEYS = ['status', 'errorcode', 'ms', 'rows'] as const;
const KNOWN_KEYS = ['kind', 'match', 'times', 'after', 'records', ...TEXT_KEYS, ...NUMBER_KEYS];

/** Reads the rule of a fault. Throws ControlError. */
export function readRule(body: Record<string, unknown>): FaultRule {
  const unknown = Object.keys(body).find((key) => !KNOWN_KEYS.includes(key));
  if (unknown !== undefined) throw new ControlError(`"${unknown}" is not one of ${KNOWN_KEYS.join(', ')}`);
  if (typeof body.kind !== 'string' || !FAULT_KINDS.includes(body.kind))
    throw new ControlError(`kind must be one of ${FAULT_KINDS.join(', ')}`);
  const rule: FaultRule = {
    kind: body.kind,
    match: readMatch(body.match ?? {}),
    times: body.times === null ? null : readCount(body, 'times', 1),
    after: readCount(body, 'after', 0),
  };
  for (const key of TEXT_KEYS) if (body[key] !== undefined) rule[key] = readText(body, key);
  for (const key of NUMBER_KEYS) if (body[key] !== undefined) rule[key] = readCount(body, key, 0);
  if (body.records !== undefined) rule.records = readRecords(body.records);
  return rule;
}

function readMatch(value: unknown): FaultRule['match'] {
  if (typeof value !== 'object' || value === null) throw new ControlError('match must be an object');
  const match = value as Record<string, unknown>;
  const unknown = Object.keys(match).find((key) => !MATCH_KEYS.includes(key));
  if (unknown !== undefined) throw new ControlError(`match.${unknown} is not one of ${MATCH_KEYS.join(', ')}`);
  for (const key of Object.keys(match)) readText(match, key);
  if (typeof match.path === 'string') checkPattern(match.path);
  return match as FaultRule['match'];
}

function checkPattern(pattern: string): void {
  try {
    new RegExp(pattern);
  } catch (error) {
    throw new ControlError(`match.path is no regular expression: ${(error as Error).message}`, { cause: error });
  }
}

function readText(body: Record<string, unknown>, key: string): string {
  const value = body[key];
  if (typeof value !== 'string') throw new ControlError(`${key} must be text`);
  return value;
}

function readCount(body: Record<string, unknown>, key: string, otherwise: number): number {
  const value = body[key] ?? otherwise;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
    throw new ControlError(`${key} must be a whole number from 0 on`);
  return value;
}

function readRecords(value: unknown): number[] {
  if (Array.isArray(value) && value.every((item) => Number.isInteger(item) && item >= 0)) return value;
  throw new ControlError('records must be a list of whole numbers from 0 on');
}
