/** A person with a browser: signs in at the organisation, allows what is asked, and is sent back with a code. */
import type { Demo } from './demo.ts';

/** The code that the address of the client's gets. Throws with what the page says when none comes. */
export async function allowInBrowser(demo: Demo, address: string): Promise<string> {
  const who = { step: 'sign-in', username: demo.username, password: demo.password };
  const signedIn = await post(address, who, '');
  const cookie = signedIn.headers
    .getSetCookie()
    .map((text) => text.split(';')[0])
    .join('; ');
  const asked = await fetch(address, { headers: { cookie }, redirect: 'manual' });
  const page = await asked.text();
  const [, confirmation] = /name="confirmation" value="([^"]+)"/.exec(page) ?? [];
  const answer =
    asked.status === 302 ? asked : await post(address, { decision: 'allow', confirmation: confirmation ?? '' }, cookie);
  const code = new URL(answer.headers.get('location') ?? address).searchParams.get('code');
  if (code === null) throw new Error(`no code came: ${answer.status} ${page.slice(0, 200)}`);
  return code;
}

function post(address: string, form: Record<string, string>, cookie: string): Promise<Response> {
  return fetch(address, { method: 'POST', body: new URLSearchParams(form), headers: { cookie }, redirect: 'manual' });
}
