/** The reference of the import: reads all pages of a query and parses them, and does nothing with them. Prints seconds and records. */
const [url = '', clientId = '', clientSecret = '', soql = ''] = process.argv.slice(2);

const body = new URLSearchParams({
  grant_type: 'client_credentials',
  client_id: clientId,
  client_secret: clientSecret,
});
const { access_token } = (await (await fetch(`${url}/services/oauth2/token`, { method: 'POST', body })).json()) as {
  access_token: string;
};
const headers = { authorization: `Bearer ${access_token}`, 'Sforce-Query-Options': 'batchSize=2000' };

const began = performance.now();
let records = 0;
let next: string | undefined = `/services/data/v60.0/query?q=${encodeURIComponent(soql)}`;
while (next) {
  const response = await fetch(url + next, { headers });
  const page = JSON.parse(await response.text()) as { records: unknown[]; nextRecordsUrl?: string };
  records += page.records.length;
  next = page.nextRecordsUrl;
}
console.log(JSON.stringify({ seconds: (performance.now() - began) / 1_000, records }));

export {};
