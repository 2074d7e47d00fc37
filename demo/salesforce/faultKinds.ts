import type { Rule } from '../kit/faults.ts';
import { malformRows, type RowDefect } from './malform.ts';
import { json, type Reply } from './reply.ts';

/** What a bulk job does beside its work. */
export interface JobFault {
  /** Milliseconds it stays in UploadComplete, and again in InProgress, beyond the usual ones. */
  delayMs: number;
  /** How it ends in place of JobComplete. */
  end: 'Failed' | 'Aborted' | null;
  /** Records it handles before it ends so. */
  rows: number;
  message: string | null;
  /** It fails as one that Salesforce began again more often than it allows. */
  retriedTooOften: boolean;
  /** A query writes whole numbers with a fraction. */
  intFractions: boolean;
}

/** What is done to a request; all empty for one that no rule matches. */
export interface Effects {
  kinds: string[];
  delayMs: number;
  cut: 'before' | 'after' | 'mid-body' | null;
  expireSessions: boolean;
  /** The results of all queries are forgotten before the request is handled. */
  dropCursors: boolean;
  /** The page before the asked one is answered, and leads to the asked one again. */
  repeatPage: boolean;
  /** Milliseconds in which nothing comes in the middle of the body. */
  stallMs: number;
  /** Answered in place of what the organisation would answer. */
  instead: Reply | null;
  pageRows: number | null;
  /** The record of a write, counted from 0, that is locked. */
  lockedRecord: number | null;
  /** What the bulk job does that the request makes or starts. */
  job: JobFault | null;
  change: ((reply: Reply) => Reply)[];
}

export function noEffects(): Effects {
  return {
    kinds: [],
    delayMs: 0,
    cut: null,
    expireSessions: false,
    dropCursors: false,
    repeatPage: false,
    stallMs: 0,
    instead: null,
    pageRows: null,
    lockedRecord: null,
    job: null,
    change: [],
  };
}

/** A rule as it is posted to the control endpoint. */
export interface FaultRule extends Rule {
  status?: number;
  errorCode?: string;
  message?: string;
  body?: string;
  contentType?: string;
  ms?: number;
  rows?: number;
  record?: number;
  defect?: RowDefect;
}

type Play = (rule: FaultRule, effects: Effects) => void;

export const KINDS: Record<string, Play> = {
  status: (rule, effects) => {
    effects.instead = statusReply(rule, 503, 'SERVER_UNAVAILABLE', 'Server is unavailable, please try again later');
  },
  limit: (rule, effects) => {
    effects.instead = statusReply(rule, 403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
  },
  html: (rule, effects) => {
    const body =
      rule.body ?? '<!DOCTYPE html><html><head><title>Maintenance</title></head><body>We are down.</body></html>';
    effects.instead = { status: rule.status ?? 503, contentType: 'text/html;charset=UTF-8', body, headers: {} };
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
  'expire-session': (_rule, effects) => {
    effects.expireSessions = true;
  },
  'refuse-session': (rule, effects) => {
    effects.instead = statusReply(rule, 401, 'INVALID_SESSION_ID', 'Session expired or invalid');
  },
  'query-timeout': (rule, effects) => {
    effects.instead = statusReply(rule, 400, 'QUERY_TIMEOUT', 'Your query request was running for too long.');
  },
  stall: (rule, effects) => {
    effects.stallMs = rule.ms ?? 1000;
  },
  'drop-cursors': (_rule, effects) => {
    effects.dropCursors = true;
  },
  'repeat-page': (_rule, effects) => {
    effects.repeatPage = true;
  },
  'small-pages': (rule, effects) => {
    effects.pageRows = Math.max(1, rule.rows ?? 3);
  },
  'lock-row': (rule, effects) => {
    effects.lockedRecord = rule.record ?? 0;
  },
  'slow-job': (rule, effects) => {
    effects.job = jobFault(effects, { delayMs: rule.ms ?? 1000 });
  },
  'fail-job': (rule, effects) => {
    effects.job = jobFault(effects, { end: 'Failed', rows: rule.rows ?? 0, message: rule.message ?? null });
  },
  'abort-job': (rule, effects) => {
    effects.job = jobFault(effects, { end: 'Aborted', rows: rule.rows ?? 0 });
  },
  'int-fractions': (_rule, effects) => {
    effects.job = jobFault(effects, { intFractions: true });
  },
  'retry-job': (rule, effects) => {
    effects.job = jobFault(effects, { end: 'Failed', rows: rule.rows ?? 0, retriedTooOften: true });
  },
  'malformed-rows': (rule, effects) => {
    effects.change.push((reply) => ({ ...reply, body: malformRows(reply.body, rule.defect) }));
  },
  'truncated-json': (_rule, effects) => {
    effects.change.push((reply) => ({ ...reply, body: reply.body.slice(0, Math.floor(reply.body.length * 0.6)) }));
  },
  'wrong-content-type': (rule, effects) => {
    effects.change.push((reply) => ({ ...reply, contentType: rule.contentType ?? 'text/plain' }));
  },
};

export const FAULT_KINDS = Object.keys(KINDS);

function jobFault({ job }: Effects, changed: Partial<JobFault>): JobFault {
  return {
    delayMs: 0,
    end: null,
    rows: 0,
    message: null,
    retriedTooOften: false,
    intFractions: false,
    ...job,
    ...changed,
  };
}

function statusReply(rule: FaultRule, status: number, errorCode: string, message: string): Reply {
  const body = [{ message: rule.message ?? message, errorCode: rule.errorCode ?? errorCode }];
  const reply = json(body, rule.status ?? status);
  return { ...reply, body: rule.body ?? reply.body, contentType: rule.contentType ?? reply.contentType };
}
