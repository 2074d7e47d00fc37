import { type KeyObject, verify } from 'node:crypto';

/** Why an assertion is refused: what the token endpoint answers. */
export class AssertionError extends Error {
  readonly code: string;

  constructor(code: string, description: string) {
    super(description);
    this.code = code;
  }
}

export interface Expected {
  isClient(id: string): boolean;
  key: KeyObject | null;
  audiences: readonly string[];
  /** Seconds since 1970. */
  now: number;
}

/** The user name that a signed assertion speaks for. Throws AssertionError. */
export function readAssertion(assertion: string, expected: Expected): string {
  const [head, payload, signature, ...rest] = assertion.split('.');
  if (!head || !payload || !signature || rest.length > 0) throw invalid();
  const claims = decode(payload);
  if (!expected.isClient(String(claims.iss ?? '')))
    throw new AssertionError('invalid_client_id', 'client identifier invalid');
  if (expected.key === null) throw new AssertionError('invalid_client', 'invalid client credentials');
  if (decode(head).alg !== 'RS256') throw invalid();
  const isSigned = verify(
    'RSA-SHA256',
    Buffer.from(`${head}.${payload}`),
    expected.key,
    Buffer.from(signature, 'base64url'),
  );
  if (!isSigned) throw invalid();
  if (!expected.audiences.includes(String(claims.aud ?? '').replace(/\/+$/, '')))
    throw new AssertionError('invalid_grant', 'audience is invalid');
  // The sf CLI writes milliseconds and others write text: read as seconds, the former lie far ahead and are taken.
  const expires = Number(claims.exp ?? Number.NaN);
  if (!(expires > expected.now)) throw new AssertionError('invalid_grant', 'expired authorization code');
  return String(claims.sub ?? '');
}

function decode(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch (error) {
    throw invalid(error);
  }
  throw invalid();
}

function invalid(cause?: unknown): AssertionError {
  const error = new AssertionError('invalid_grant', 'invalid assertion');
  error.cause = cause;
  return error;
}
