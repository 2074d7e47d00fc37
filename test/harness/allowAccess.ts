import type { Salesforce } from '../../demo/salesforce/index.ts';

/** What a person does at the page of a demo organisation, without a browser: signs in, allows, and lands at the address given back. */
export async function allowAccess(page: URL, org: Pick<Salesforce, 'url' | 'username' | 'password'>): Promise<URL> {
  let at = page;
  let cookie = '';
  for (let step = 0; step < 6; step += 1) {
    const shown = await fetch(at, { redirect: 'manual', headers: { cookie } });
    const gone = shown.headers.get('location');
    const answered = gone === null ? await answer(at, await shown.text(), cookie, org) : shown;
    cookie = answered.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    const target = new URL(answered.headers.get('location') ?? '', at);
    if (target.origin !== org.url || target.searchParams.has('code')) return target;
    at = target;
  }
  throw new Error('The page never led back.');
}

function answer(
  at: URL,
  html: string,
  cookie: string,
  { username, password }: Pick<Salesforce, 'username' | 'password'>,
): Promise<Response> {
  const confirmation = /name="confirmation" value="([^"]*)"/.exec(html)?.[1] ?? '';
  const form: Record<string, string> = html.includes('type="password"')
    ? { step: 'sign-in', username, password }
    : { decision: 'allow', confirmation };
  return fetch(at, { method: 'POST', redirect: 'manual', headers: { cookie }, body: new URLSearchParams(form) });
}
