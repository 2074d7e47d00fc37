/** A reference: jsforce, page by page as its manual says. Prints seconds, records, peak memory and processor time. */
import { Connection } from 'jsforce';

const [url = '', clientId = '', clientSecret = '', soql = ''] = process.argv.slice(2);
const connection = new Connection({
  instanceUrl: url,
  version: '60.0',
  oauth2: { loginUrl: url, clientId, clientSecret },
});
await connection.authorize({ grant_type: 'client_credentials' });

const began = performance.now();
let page = await connection.query(soql);
let records = page.records.length;
while (!page.done && page.nextRecordsUrl) {
  page = await connection.queryMore(page.nextRecordsUrl);
  records += page.records.length;
}
const seconds = (performance.now() - began) / 1_000;
const { user, system } = process.cpuUsage();
const peakMemoryMB = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ seconds, records, peakMemoryMB, cpuSeconds: (user + system) / 1e6 }));
