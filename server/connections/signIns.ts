/** People who sign in at an outside system's own page, from being sent there to coming back. */
import { createHash, randomBytes } from 'node:crypto';
import type { PersonalSignIn } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { Clock } from '../db/clock.ts';
import { nowText } from '../db/clock.ts';
import type { Db } from '../db/transaction.ts';
import { inTransaction } from '../db/transaction.ts';
import type { SecretKey } from './key.ts';
import type { Remote } from './remote.ts';
import { openSecrets, sealSecrets } from './seal.ts';

export interface SignInHost {
  db: Db;
  clock: Clock;
  key: SecretKey;
  remote: Pick<Remote, 'withClient'>;
}

/** `boundTo`: the session or the token that begins it, and alone may finish it. */
export interface SignInRequest {
  connection: string;
  boundTo: string;
  callbackUrl: string;
}

interface SignInRow {
  state_hash: string;
  connection: string;
  bound_to: string;
  redirect_uri: string;
  verifier: string;
  begun_at: string;
  expires_at: string;
}

const lifeMs = 10 * 60_000;

/** Gives the address of the page. Throws UserError INVALID_INPUT for a connection that needs nobody. */
export async function beginSignIn(host: SignInHost, request: SignInRequest): Promise<{ url: string }> {
  const { db, clock, key } = host;
  const { connection, boundTo, callbackUrl } = request;
  const state = randomBytes(32).toString('base64url');
  const begun = await withPersonal(host, connection, async (personal) => personal.begin({ callbackUrl, state }));
  const row: SignInRow = {
    state_hash: hashOf(state),
    connection,
    bound_to: boundTo,
    redirect_uri: begun.redirectUri,
    verifier: sealSecrets(key, connection, { verifier: begun.verifier }),
    begun_at: nowText(clock),
    expires_at: nowText(clock, lifeMs),
  };
  await inTransaction(db, async (tx) => {
    await tx('sign_ins').where('expires_at', '<=', nowText(clock)).delete();
    await tx('sign_ins').insert(row);
  });
  return { url: begun.url };
}

export interface SignInAnswer {
  /** The whole address of the page that the person came to, or only the code in it. */
  answer: string;
  /** Needed with a code alone, which does not say what it belongs to. */
  connection?: string | undefined;
  boundTo: string;
}

/**
 * Takes the answer of the page, once. Gives the connection that is signed in now. Throws UserError SIGN_IN_EXPIRED, what the page
 * refused with, and what the client throws.
 */
export async function finishSignIn(host: SignInHost, request: SignInAnswer): Promise<string> {
  const answer = readAnswer(request.answer);
  const { connection, redirect_uri: redirectUri, verifier } = await takeSignIn(host, request, answer.state);
  if (answer.error !== null) throw new UserError('CONNECTION_REFUSED', { reason: answer.error });
  const opened = openSecrets(host.key, connection, verifier);
  const { code } = answer;
  await withPersonal(host, connection, (personal) =>
    personal.finish({ code, redirectUri, verifier: opened.verifier ?? '' }),
  );
  return connection;
}

/** Whoever else presents the answer gets nothing, and does not use it up. */
function takeSignIn({ db, clock }: SignInHost, request: SignInAnswer, state: string | null): Promise<SignInRow> {
  const { connection, boundTo } = request;
  return inTransaction(db, async (tx) => {
    const open = tx<SignInRow>('sign_ins').where('bound_to', boundTo).where('expires_at', '>', nowText(clock));
    if (connection !== undefined) open.where({ connection });
    if (state !== null) open.where('state_hash', hashOf(state));
    else if (connection === undefined) throw new UserError('SIGN_IN_EXPIRED');
    const row = await open.orderBy('begun_at', 'desc').first();
    if (!row) throw new UserError('SIGN_IN_EXPIRED');
    await tx('sign_ins').where('state_hash', row.state_hash).delete();
    return row;
  });
}

interface PageAnswer {
  code: string;
  state: string | null;
  error: string | null;
}

/** Throws UserError INVALID_INPUT for an address that holds no answer; what it holds is not repeated. */
function readAnswer(text: string): PageAnswer {
  const pasted = text.trim();
  if (!/^https?:\/\//i.test(pasted)) return { code: plainCode(pasted), state: null, error: null };
  const query = URL.canParse(pasted) ? new URL(pasted).searchParams : new URLSearchParams();
  const state = query.get('state');
  const code = query.get('code') ?? '';
  const refused = query.get('error');
  if (refused !== null) {
    const error = [refused, query.get('error_description')].filter(Boolean).join(': ').slice(0, 300);
    return { code, state, error };
  }
  if (code === '')
    throw new UserError('INVALID_INPUT', {
      reason: 'the address holds no code; copy that of the page you came to after allowing access',
    });
  return { code, state, error: null };
}

/** Codes end in "==", which stands encoded in an address. */
function plainCode(text: string): string {
  const code = text.replace(/%3D/gi, '=');
  if (/^[\w.~!=+/-]{4,2000}$/.test(code)) return code;
  throw new UserError('INVALID_INPUT', { reason: 'this is neither a code nor an address' });
}

function withPersonal<T>(
  { remote }: SignInHost,
  connection: string,
  work: (personal: PersonalSignIn) => Promise<T>,
): Promise<T> {
  return remote.withClient(connection, async ({ personal }) => {
    if (!personal)
      throw new UserError('INVALID_INPUT', { reason: `the connection "${connection}" signs in without a person` });
    return work(personal);
  });
}

const hashOf = (state: string): string => createHash('sha256').update(state).digest('hex');
