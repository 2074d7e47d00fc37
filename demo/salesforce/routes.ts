import type { Handler } from './answer.ts';
import { BULK_ROUTES } from './bulk/routes.ts';
import * as collections from './rest/collections.ts';
import { countRecords, listLimits } from './rest/limits.ts';
import { runQuery, runQueryMore } from './rest/query.ts';
import { listDeleted, listUpdated } from './rest/replication.ts';
import * as resources from './rest/resources.ts';
import * as sobjects from './rest/sobjects.ts';
import { runSearch } from './search/search.ts';
import { askPerson, showSuccess, takeDecision } from './signIn/authorize.ts';
import { identity, userInfo } from './signIn/identity.ts';
import { issueToken } from './signIn/token.ts';
import { introspectToken, openFrontDoor, openOnce, revokeToken } from './signIn/tokens.ts';
import { answerSoap } from './soap/answer.ts';

/** Who may call: anybody, a session, or a session with a version of the API in the path. */
export type Access = 'anybody' | 'session' | 'version';

export interface Route {
  path: string;
  access: Access;
  methods: Record<string, Handler>;
}

const DATA = '/services/data/:version';

/** Every address of the organisation. The first that fits answers. */
export const ROUTES: readonly Route[] = [
  { path: '/services/oauth2/authorize', access: 'anybody', methods: { GET: askPerson, POST: takeDecision } },
  { path: '/services/oauth2/success', access: 'anybody', methods: { GET: showSuccess } },
  { path: '/services/oauth2/token', access: 'anybody', methods: { POST: issueToken } },
  { path: '/services/oauth2/revoke', access: 'anybody', methods: { GET: revokeToken, POST: revokeToken } },
  { path: '/services/oauth2/introspect', access: 'anybody', methods: { POST: introspectToken } },
  { path: '/services/oauth2/singleaccess', access: 'session', methods: { GET: openOnce, POST: openOnce } },
  { path: '/secur/frontdoor.jsp', access: 'anybody', methods: { GET: openFrontDoor } },
  { path: '/services/Soap/u/:version', access: 'anybody', methods: { POST: answerSoap } },
  { path: '/services/oauth2/userinfo', access: 'session', methods: { GET: userInfo, POST: userInfo } },
  { path: '/id/:organization/:user', access: 'session', methods: { GET: identity, POST: identity } },
  { path: '/services/data', access: 'anybody', methods: { GET: resources.listVersions } },
  data('', { GET: resources.listResources }),
  data('/query', { GET: (call) => runQuery(call, false) }),
  data('/queryAll', { GET: (call) => runQuery(call, true) }),
  data('/query/:locator', { GET: runQueryMore }),
  data('/queryAll/:locator', { GET: runQueryMore }),
  data('/limits', { GET: listLimits }),
  data('/limits/recordCount', { GET: countRecords }),
  data('/search', { GET: runSearch }),
  data('/recent', { GET: resources.listRecent }),
  data('/sobjects', { GET: resources.describeGlobal }),
  data('/sobjects/:object', { GET: resources.describeBasics, POST: sobjects.createRecord }),
  data('/sobjects/:object/describe', { GET: resources.describeObject }),
  data('/sobjects/:object/updated', { GET: listUpdated }),
  data('/sobjects/:object/deleted', { GET: listDeleted }),
  data('/sobjects/:object/:id', {
    GET: sobjects.readRecord,
    PATCH: sobjects.updateRecord,
    DELETE: sobjects.deleteRecord,
  }),
  data('/sobjects/:object/:field/:value', {
    GET: sobjects.readByKey,
    PATCH: sobjects.upsertByKey,
    DELETE: sobjects.deleteByKey,
  }),
  data('/composite/sobjects', {
    POST: collections.createRecords,
    PATCH: collections.updateRecords,
    DELETE: collections.deleteRecords,
  }),
  data('/composite/sobjects/:object', { GET: collections.readRecords, POST: collections.readRecords }),
  data('/composite/sobjects/:object/:field', { PATCH: collections.upsertRecords }),
  ...BULK_ROUTES.map(({ path, methods }) => data(path, methods)),
];

function data(path: string, methods: Record<string, Handler>): Route {
  return { path: DATA + path, access: 'version', methods };
}
