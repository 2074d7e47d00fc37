import type { Rule } from '../kit/faults.ts';
import { json, type Reply } from './reply.ts';

/** What is played on the asynchronous work that a request starts: rows of a request, or an import. */
export interface WorkFault {
  delayMs: number;
  /** The work ends with this error; nothing is written, or so many of the first rows of an import. */
  error: string | null;
  doneRows: number;
  /** Rows, counted from 0, that are refused although they are good. */
  refusedRows: readonly number[];
  /** So many of the last rows are not written: counted as errors, or as if they had been written. */
  lostRows: number;
  lostSilently: boolean;
}

/** What is done to a request; all empty for one that no rule matches. */
export interface Effects {
  kinds: string[];
  delayMs: number;
  cut: 'before' | 'after' | 'mid-body' | null;
  expireTokens: boolean;
  /** Answered in place of what the organisation would answer. */
  instead: Reply | null;
  /** Most rows of a page. */
  pageRows: number | null;
  work: WorkFault;
  change: ((reply: Reply) => Reply)[];
}

function noEffects(): Effects {
  const work = { delayMs: 0, error: null, doneRows: 0, refusedRows: [], lostRows: 0, lostSilently: false };
  return { kinds: [], delayMs: 0, cut: null, expireTokens: false, instead: null, pageRows: null, work, change: [] };
}

/** A rule as it is posted to the control endpoint. */
export interface FaultRule extends Rule {
  status?: number;
  errorcode?: number;
  message?: string;
  body?: string;
  contentType?: string;
  ms?: number;
  rows?: number;
  /** Rows of a request, counted from 0. */
  records?: number[];
}

type Play = (rule: FaultRule, effects: Effects) => void;

const BLOCKED = 'Your requests are temporarily blocked.';
const DOWN = '<!DOCTYPE html><html><head><title>Maintenance</title></head><body>We are down.</body></html>';

const KINDS: Record<string, Play> = {
  status: (rule, effects) => {
    effects.instead = statusReply(rule, 503, 50000, 'Service Unavailable');
  },
  'rate-limit': (rule, effects) => {
    const seconds = Math.ceil((rule.ms ?? 5000) / 1000);
    const body = { message: 'Rate limit exceeded', errorcode: 50100, retryAfter: seconds, documentation: '' };
    effects.instead = json(body, 429, { 'Retry-After': String(seconds) });
  },
  blocked: (rule, effects) => {
    effects.instead = statusReply(rule, 429, 50200, BLOCKED);
  },
  html: (rule, effects) => {
    const body = rule.body ?? DOWN;
    effects.instead = { status: rule.status ?? 503, contentType: 'text/html; charset=utf-8', body, headers: {} };
  },
  'expire-token': (_rule, effects) => {
    effects.expireTokens = true;
  },
  'reset-before': (_rule, effects) => {
    effects.cut = 'before';
  },
  'reset-after': (_rule, effects) => {
    effects.cut = 'after';
  },
  'reset-mid-body': (_rule, effects) => {
    effects.cut = 'mid-body';
  },
  slow: (rule, effects) => {
    effects.delayMs = rule.ms ?? 1000;
  },
  'small-pages': (rule, effects) => {
    effects.pageRows = Math.max(1, rule.rows ?? 3);
  },
  'slow-work': (rule, effects) => {
    effects.work.delayMs = rule.ms ?? 1000;
  },
  'fail-work': (rule, effects) => {
    effects.work.error = rule.message ?? 'An unexpected error occurred.';
    effects.work.doneRows = rule.rows ?? 0;
  },
  'refuse-rows': (rule, effects) => {
    effects.work.refusedRows = rule.records ?? [0];
  },
  'lose-rows': (rule, effects) => {
    effects.work.lostRows = rule.rows ?? 1;
  },
  'lose-rows-silently': (rule, effects) => {
    effects.work.lostRows = rule.rows ?? 1;
    effects.work.lostSilently = true;
  },
  'truncated-body': (_rule, effects) => {
    effects.change.push((reply) => ({ ...reply, body: reply.body.slice(0, Math.floor(reply.body.length * 0.6)) }));
  },
  'wrong-content-type': (rule, effects) => {
    effects.change.push((reply) => ({ ...reply, contentType: rule.contentType ?? 'text/plain' }));
  },
};

/** What the rules that match a request do to it. */
export function effectsOf(rules: readonly FaultRule[]): Effects {
  const effects = noEffects();
  for (const rule of rules) {
    effects.kinds.push(rule.kind);
    KINDS[rule.kind]!(rule, effects);
  }
  return effects;
}

export const FAULT_KINDS = Object.keys(KINDS);

function statusReply(rule: FaultRule, status: number, errorcode: number, message: string): Reply {
  const body = { message: rule.message ?? message, errorcode: rule.errorcode ?? errorcode, documentation: '' };
  const reply = json(body, rule.status ?? status);
  return { ...reply, body: rule.body ?? reply.body, contentType: rule.contentType ?? reply.contentType };
}
