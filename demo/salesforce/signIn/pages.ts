import type { Reply } from '../reply.ts';

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f3f3f3;color:#181818}
main{max-width:26rem;margin:8vh auto;padding:2rem;background:#fff;border:1px solid #c9c9c9;border-radius:4px}
h1{font-size:1.25rem;margin:0 0 1rem}label{display:block;margin:1rem 0 .25rem}
input{width:100%;box-sizing:border-box;padding:.5rem;font:inherit;border:1px solid #747474;border-radius:4px}
button{font:inherit;padding:.5rem 1.25rem;margin:1.5rem .5rem 0 0;border:1px solid #0250d9;border-radius:4px;
background:#fff;color:#0250d9;cursor:pointer}button.main{background:#0250d9;color:#fff}
p.error{color:#b60554}p.hint{color:#5c5c5c;font-size:.875rem}code{overflow-wrap:anywhere}`;

/** A page for people. `content` is HTML. */
export function page(title: string, content: string, status = 200, headers: Record<string, string> = {}): Reply {
  const body = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeText(title)}</title>
<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head>
<body><main><h1>${escapeText(title)}</h1>${content}</main></body></html>`;
  const safe = { 'Cache-Control': 'no-store', 'X-Frame-Options': 'DENY', 'Referrer-Policy': 'no-referrer' };
  return { status, contentType: 'text/html;charset=UTF-8', body, headers: { ...safe, ...headers } };
}

export function signInPage(action: string, shown: { username: string; password: string; failed: boolean }): Reply {
  const error = '<p class="error" role="alert">Please check your username and password.</p>';
  return page(
    'Log in to the demo organisation',
    `${shown.failed ? error : ''}<form method="post" action="${escapeText(action)}">
<input type="hidden" name="step" value="sign-in">
<label for="username">Username</label>
<input id="username" name="username" value="${escapeText(shown.username)}" autocomplete="username" required>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required autofocus>
<button class="main">Log In</button></form>
<p class="hint">The demo user's password is <code>${escapeText(shown.password)}</code></p>`,
  );
}

export function consentPage(
  action: string,
  shown: { username: string; scopes: readonly string[]; confirmation: string },
): Reply {
  const items = shown.scopes.map((scope) => `<li>${escapeText(SCOPE_TEXTS[scope] ?? scope)}</li>`).join('');
  return page(
    'Allow access?',
    `<p>Syncline is asking to:</p><ul>${items}</ul>
<p class="hint">You are logged in as ${escapeText(shown.username)}.</p>
<form method="post" action="${escapeText(action)}"><input type="hidden" name="step" value="decide">
<input type="hidden" name="confirmation" value="${escapeText(shown.confirmation)}">
<button name="decision" value="deny">Deny</button><button name="decision" value="allow" class="main">Allow</button></form>`,
  );
}

const SCOPE_TEXTS: Record<string, string> = {
  api: 'Manage user data via APIs',
  refresh_token: 'Perform requests at any time',
  openid: 'Access unique user identifiers',
  id: 'Access the identity URL service',
};

/** What cannot be sent back to the client, because it is the client or its address that is wrong. */
export function errorPage(code: string, description: string): Reply {
  const content = `<p class="error" role="alert">error=${escapeText(code)}&amp;error_description=${escapeText(description)}</p>`;
  return page('OAuth error', content, 400);
}

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
