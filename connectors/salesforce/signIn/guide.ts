import type { Guide, GuideStep, ShownWhen } from '../../../contract/form.ts';

const byFlow = (...flows: string[]): { when: ShownWhen } => ({ when: { name: 'flow', is: flows } });
const code = byFlow('code').when;
const pasted = (login: string): { when: ShownWhen } => ({
  when: { ...code, and: { name: 'way', is: ['paste'], and: { name: 'login', is: [login] } } },
});

const app: GuideStep[] = [
  {
    text: 'In Setup, open External Client App Manager and choose New External Client App. Connected apps, under App Manager, can no longer be created in every organisation; those that exist work the same.',
  },
  {
    text: 'Under API, choose Enable OAuth and enter this callback URL. The app must have one; this way to sign in never uses it.',
    ...byFlow('clientCredentials', 'jwt', 'password'),
    copy: ['https://login.salesforce.com/services/oauth2/success'],
  },
  {
    text: 'Under API, choose Enable OAuth and enter the callback URL of this page. Salesforce takes https, and http for localhost only.',
    when: { ...code, and: { name: 'way', is: ['here'] } },
    copy: ['{callbackUrl}'],
  },
  {
    text: 'Under API, choose Enable OAuth and enter this callback URL: a page of Salesforce itself.',
    ...pasted('own'),
    copy: ['{instanceUrl}/services/oauth2/success'],
  },
  {
    text: 'Under API, choose Enable OAuth and enter this callback URL: a page of Salesforce itself.',
    ...pasted('production'),
    copy: ['https://login.salesforce.com/services/oauth2/success'],
  },
  {
    text: 'Under API, choose Enable OAuth and enter this callback URL: a page of Salesforce itself.',
    ...pasted('sandbox'),
    copy: ['https://test.salesforce.com/services/oauth2/success'],
  },
  {
    text: 'Add the scopes "Manage user data via APIs (api)" and "Access unique user identifiers (openid)".',
    ...byFlow('clientCredentials', 'password'),
    copy: ['api', 'openid'],
  },
  {
    text: 'Add the scopes "Manage user data via APIs (api)", "Access unique user identifiers (openid)" and "Perform requests at any time (refresh_token, offline_access)".',
    ...byFlow('jwt', 'code'),
    copy: ['api', 'openid', 'refresh_token', 'offline_access'],
  },
];

const flows: GuideStep[] = [
  {
    text: 'Under Flow Enablement switch Client Credentials Flow on, and name under Policies the integration user it runs as.',
    ...byFlow('clientCredentials'),
  },
  {
    text: 'Under Flow Enablement switch JWT Bearer Flow on. After saving this connection, its page shows a certificate: upload it there as a file such as syncline.crt.',
    ...byFlow('jwt'),
  },
  {
    text: 'Under Policies set Permitted Users to "Admin approved users are pre-authorized", and add a profile or permission set of the user named here.',
    ...byFlow('jwt'),
  },
  {
    text: 'Leave "Require Proof Key for Code Exchange (PKCE)" on. Refresh token rotation may be on as well: a new token is kept as soon as it arrives.',
    ...byFlow('code'),
  },
  {
    text: 'In Setup, under OAuth and OpenID Connect Settings, allow OAuth Username-Password Flows. Prefer another flow where you can: Salesforce advises against this one.',
    ...byFlow('password'),
  },
  {
    text: 'The security token comes by e-mail: in your personal settings in Salesforce, choose Reset My Security Token.',
    ...byFlow('password'),
  },
];

const ending: GuideStep[] = [
  { text: 'Copy consumer key and consumer secret into this form.', ...byFlow('clientCredentials', 'code', 'password') },
  { text: 'Copy the consumer key into this form; the secret is not needed.', ...byFlow('jwt') },
  {
    text: 'Under Policies let refresh tokens be valid until they are revoked, or longer than the longest pause between runs.',
    ...byFlow('code'),
  },
  { text: 'Save here, then choose "Sign in at Salesforce" and allow access.', ...byFlow('code') },
  {
    text: 'A new or changed app can take 2 to 10 minutes before it answers. Until then Salesforce refuses the client id.',
  },
];

export const guide: Guide = { title: 'Prepare the organisation', steps: [...app, ...flows, ...ending] };
