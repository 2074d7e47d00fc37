import { type Call, header } from '../call.ts';
import type { Org } from '../org.ts';
import type { Reply } from '../reply.ts';
import { readScopes } from './app.ts';
import { consentPage, errorPage, page, signInPage } from './pages.ts';

/** What a client asks a person to allow, checked. */
interface Request {
  redirectUri: string;
  state: string | null;
  scopes: readonly string[];
  challenge: string | null;
  prompt: string[];
}

/** GET /services/oauth2/authorize: the page a client opens in a browser. */
export function askPerson(call: Call): Reply {
  const request = readRequest(call);
  if (isReply(request)) return request;
  const browser = call.org.people.browser(cookieOf(call));
  if (browser === undefined || request.prompt.includes('login')) return showSignIn(call, false);
  if (call.org.grants.hasApproved(browser.userId) && !request.prompt.includes('consent'))
    return allow(call.org, request, browser.userId);
  const username = call.org.people.usernameOf(browser.userId);
  const { confirmation } = browser;
  return consentPage(addressOf(call, {}), { username, scopes: request.scopes, confirmation });
}

/** POST /services/oauth2/authorize: a person signs in there, or decides. */
export function takeDecision(call: Call): Reply {
  const request = readRequest(call);
  if (isReply(request)) return request;
  const form = new URLSearchParams(call.body.toString('utf8'));
  if (form.get('step') === 'sign-in') return signInPerson(call, form, request);
  const browser = call.org.people.browser(cookieOf(call));
  // Without the text of the page that was shown, another site may have sent this form.
  if (browser === undefined || form.get('confirmation') !== browser.confirmation) return showSignIn(call, false);
  if (form.get('decision') !== 'allow')
    return sendBack(request, { error: 'access_denied', error_description: 'end-user denied authorization' });
  return allow(call.org, request, browser.userId);
}

/** GET /services/oauth2/success: where a browser ends for clients that it cannot come back to. */
export function showSuccess(): Reply {
  return page('Remote access', '<p>The answer stands in the address of this page: copy it into the client.</p>');
}

function signInPerson(call: Call, form: URLSearchParams, { prompt }: Request): Reply {
  const { people } = call.org;
  const userId = people.signIn(form.get('username') ?? '', form.get('password') ?? '', 'browser');
  if (userId === null) return showSignIn(call, true, form.get('username') ?? '');
  const left = prompt.filter((word) => word !== 'login').join(' ');
  const cookie = `${cookieName(call.org)}=${people.remember(userId)}; Path=/; HttpOnly; SameSite=Lax`;
  const back = redirect(addressOf(call, { prompt: left }));
  return { ...back, headers: { ...back.headers, 'Set-Cookie': cookie } };
}

function showSignIn(call: Call, failed: boolean, typed?: string): Reply {
  const { people, userId } = call.org;
  const username = typed ?? call.query.get('login_hint') ?? people.usernameOf(userId);
  return signInPage(addressOf(call, {}), { username, password: people.password, failed });
}

function readRequest(call: Call): Request | Reply {
  const { app } = call.org;
  const asked = (name: string): string => call.query.get(name) ?? '';
  if (!app.isClient(asked('client_id'))) return errorPage('invalid_client_id', 'client identifier invalid');
  const redirectUri = asked('redirect_uri');
  if (!app.mayRedirectTo(redirectUri, call.base))
    return errorPage('redirect_uri_mismatch', 'redirect_uri must match configuration');
  const scopes = readScopes(asked('scope'));
  const challenge = asked('code_challenge') || null;
  const prompt = asked('prompt').split(/\s+/);
  const request = { redirectUri, state: call.query.get('state'), scopes: scopes ?? [], challenge, prompt };
  const refusal = refusalOf(call, scopes, challenge);
  return refusal === null ? request : sendBack(request, refusal);
}

function refusalOf(
  call: Call,
  scopes: readonly string[] | null,
  challenge: string | null,
): Record<string, string> | null {
  const refuse = (error: string, error_description: string) => ({ error, error_description });
  if (call.query.get('response_type') !== 'code')
    return refuse('unsupported_response_type', 'response type must be code');
  if (scopes === null) return refuse('invalid_scope', 'the requested scope is not allowed');
  // Without a method it is S256: the one there is, and jsforce sends none.
  if ((call.query.get('code_challenge_method') ?? 'S256') !== 'S256')
    return refuse('invalid_request', 'code challenge method must be S256');
  if (challenge === null)
    return call.org.app.settings.requirePkce ? refuse('invalid_request', 'missing required code challenge') : null;
  return /^[\w-]{43}$/.test(challenge) ? null : refuse('invalid_request', 'invalid code challenge');
}

function allow(org: Org, request: Request, userId: string): Reply {
  const { scopes, redirectUri, challenge } = request;
  return sendBack(request, { code: org.grants.giveCode({ userId, scopes, redirectUri, challenge }) });
}

function sendBack({ redirectUri, state }: Request, answer: Record<string, string>): Reply {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, value);
  if (state !== null) url.searchParams.set('state', state);
  return redirect(url.href);
}

function redirect(location: string): Reply {
  return { status: 302, contentType: '', body: '', headers: { Location: location, 'Cache-Control': 'no-store' } };
}

/** This page's own address, with what is given in the place of what was asked. */
function addressOf(call: Call, changed: Record<string, string>): string {
  const query = new URLSearchParams(call.query);
  for (const [name, value] of Object.entries(changed)) query.set(name, value);
  return `/services/oauth2/authorize?${query}`;
}

/** Two organisations of one machine share its cookies. */
function cookieName(org: Org): string {
  return `sid_${org.settings.seed}_${org.id}`;
}

function cookieOf(call: Call): string {
  const cookies = header(call, 'cookie').split(/;\s*/);
  const start = `${cookieName(call.org)}=`;
  return cookies.find((cookie) => cookie.startsWith(start))?.slice(start.length) ?? '';
}

function isReply(value: Request | Reply): value is Reply {
  return 'status' in value;
}
