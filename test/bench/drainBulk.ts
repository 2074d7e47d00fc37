/** A reference: a Bulk query whose pages are taken from the network and thrown away. Prints seconds, records, peak memory and processor time. */
import { setTimeout as sleep } from 'node:timers/promises';

const [url = '', clientId = '', clientSecret = '', query = ''] = process.argv.slice(2);

const body = new URLSearchParams({
  grant_type: 'client_credentials',
  client_id: clientId,
  client_secret: clientSecret,
});
const { access_token } = (await (await fetch(`${url}/services/oauth2/token`, { method: 'POST', body })).json()) as {
  access_token: string;
};
const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' };
const jobs = `${url}/services/data/v60.0/jobs/query`;

const began = performance.now();
const made = await fetch(jobs, { method: 'POST', headers, body: JSON.stringify({ operation: 'query', query }) });
const { id } = (await made.json()) as { id: string };
while (((await (await fetch(`${jobs}/${id}`, { headers })).json()) as { state: string }).state !== 'JobComplete')
  await sleep(50);

let records = 0;
let locator = '';
while (locator !== 'null') {
  const page = await fetch(`${jobs}/${id}/results?maxRecords=50000${locator && `&locator=${locator}`}`, { headers });
  for await (const _piece of page.body ?? []);
  records += Number(page.headers.get('sforce-numberofrecords'));
  locator = page.headers.get('sforce-locator') ?? 'null';
}
const seconds = (performance.now() - began) / 1_000;
await fetch(`${jobs}/${id}`, { method: 'DELETE', headers });
const { user, system } = process.cpuUsage();
const peakMemoryMB = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ seconds, records, peakMemoryMB, cpuSeconds: (user + system) / 1e6 }));
