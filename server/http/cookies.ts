import type { Request, Response } from 'express';

const plainName = 'syncline_session';
/** The prefix makes browsers refuse the cookie unless it came over https, for this host and every path. */
const secureName = '__Host-syncline_session';

/** The session cookie's value; null where there is none. */
export function readSessionCookie(request: Request, secure: boolean): string | null {
  const name = secure ? secureName : plainName;
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return null;
}

const attributes = (secure: boolean) => ({ httpOnly: true, sameSite: 'strict', path: '/', secure }) as const;

/** Scripts cannot read it, other sites cannot send it. */
export function setSessionCookie(
  response: Response,
  secret: string,
  options: { secure: boolean; hours: number },
): void {
  const { secure, hours } = options;
  response.cookie(secure ? secureName : plainName, secret, { ...attributes(secure), maxAge: hours * 3_600_000 });
}

export function clearSessionCookie(response: Response, secure: boolean): void {
  response.clearCookie(secure ? secureName : plainName, attributes(secure));
}
