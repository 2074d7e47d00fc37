import type { Request } from 'express';
import { UserError } from '../../contract/errors.ts';

const harmless = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A browser sends the session cookie by itself, so a request with side effects has to show that a page of ours made it:
 * by `Sec-Fetch-Site`, which pages cannot forge, or by `Origin`. Throws UserError CROSS_SITE.
 *
 * @param byCookie whether the request is signed in by cookie: then it has to say where it comes from
 */
export function refuseCrossSite(request: Request, options: { byCookie: boolean; publicUrl: string | undefined }): void {
  if (harmless.has(request.method)) return;
  const site = request.get('sec-fetch-site');
  const origin = request.get('origin');
  const foreign =
    (site !== undefined && site !== 'same-origin') ||
    (origin !== undefined && !isOwn(request, origin, options.publicUrl));
  const silent = options.byCookie && site === undefined && origin === undefined;
  if (foreign || silent) throw new UserError('CROSS_SITE');
}

function isOwn(request: Request, origin: string, publicUrl: string | undefined): boolean {
  const own = [`${request.protocol}://${request.get('host')}`, publicUrl && new URL(publicUrl).origin];
  return own.includes(origin);
}
