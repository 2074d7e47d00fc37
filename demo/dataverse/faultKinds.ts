import type { Rule } from '../kit/faults.ts';
import { json, odata, type Reply } from './reply.ts';

/** What is done to a request; all empty for one that no rule matches. */
export interface Effects {
  kinds: string[];
  delayMs: number;
  cut: 'before' | 'after' | 'mid-body' | null;
  /** All tokens end before the request is handled. */
  expireTokens: boolean;
  /** Answered in place of what the organisation would answer. */
  instead: Reply | null;
  /** Rows of a page, where fewer than asked for. */
  pageRows: number | null;
  /** The link of a page leads to that page again. */
  repeatPage: boolean;
  /** A row that changes while a list of changes is paged comes again in that list, and not in the next one. */
  changesWhilePaging: boolean;
  /** Of a batch: the part, counted from 0, that is refused for a lock. */
  lockedPart: number | null;
  change: ((reply: Reply) => Reply)[];
}

export const noEffects = (): Effects => ({
  kinds: [],
  delayMs: 0,
  cut: null,
  expireTokens: false,
  instead: null,
  pageRows: null,
  repeatPage: false,
  changesWhilePaging: false,
  lockedPart: null,
  change: [],
});

/** A rule as it is posted to the control endpoint. */
export interface FaultRule extends Rule {
  status?: number;
  errorCode?: string;
  message?: string;
  body?: string;
  contentType?: string;
  ms?: number;
  rows?: number;
  /** Seconds of Retry-After. */
  seconds?: number;
  /** The part of a batch, from 0. */
  part?: number;
}

type Play = (rule: FaultRule, effects: Effects) => void;

const BUSY = 'Number of requests exceeded the limit of 6000 over time window of 300 seconds.';
const HTML = '<!DOCTYPE html><html><head><title>Maintenance</title></head><body>We are down.</body></html>';
export const DEADLOCK =
  'Sql error: Generic SQL error. CRM ErrorCode: -2147204784 Sql ErrorCode: -2146232060 Sql Number: 1205';

export const KINDS: Record<string, Play> = {
  status: (rule, effects) => {
    effects.instead = errorReply(rule, 503, '0x80040216', 'The service is unavailable.');
  },
  limit: (rule, effects) => {
    const reply = errorReply(rule, 429, '0x80072322', BUSY);
    effects.instead = { ...reply, headers: { ...reply.headers, 'Retry-After': String(rule.seconds ?? 17) } };
  },
  html: (rule, effects) => {
    effects.instead = { status: rule.status ?? 503, contentType: 'text/html', body: rule.body ?? HTML, headers: {} };
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
  'expire-tokens': (_rule, effects) => {
    effects.expireTokens = true;
  },
  'refuse-token': (_rule, effects) => {
    effects.instead = { ...json('', 401), body: '', contentType: '' };
  },
  'small-pages': (rule, effects) => {
    effects.pageRows = Math.max(1, rule.rows ?? 3);
  },
  'repeat-page': (_rule, effects) => {
    effects.repeatPage = true;
  },
  'changes-while-paging': (_rule, effects) => {
    effects.changesWhilePaging = true;
  },
  'lock-part': (rule, effects) => {
    effects.lockedPart = rule.part ?? 0;
  },
  'truncated-body': (_rule, effects) => {
    effects.change.push((reply) => ({ ...reply, body: reply.body.slice(0, Math.floor(reply.body.length * 0.6)) }));
  },
  'wrong-content-type': (rule, effects) => {
    effects.change.push((reply) => ({ ...reply, contentType: rule.contentType ?? 'text/plain' }));
  },
};

export const FAULT_KINDS = Object.keys(KINDS);

function errorReply(rule: FaultRule, status: number, code: string, message: string): Reply {
  const reply = odata(
    { error: { code: rule.errorCode ?? code, message: rule.message ?? message } },
    rule.status ?? status,
  );
  return { ...reply, body: rule.body ?? reply.body, contentType: rule.contentType ?? reply.contentType };
}
