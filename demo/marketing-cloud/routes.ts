import type { Handler } from './answer.ts';
import { readAsyncResults, readAsyncStatus, sendAsyncRows } from './rest/asyncRows.ts';
import * as imports from './rest/imports.ts';
import * as locations from './rest/locations.ts';
import { readNextRowset, readRowset } from './rest/readRows.ts';
import { upsertRow, upsertRowset } from './rest/rowset.ts';
import { issueToken, tokenContext, userInfo } from './signIn/token.ts';
import { answerSoap } from './soap/answer.ts';

export interface Route {
  path: string;
  /** Anybody, any token (null), or a token with this scope. */
  access: 'anybody' | null | (string & {});
  methods: Record<string, Handler>;
}

const READ = 'data_extensions_read';
const WRITE = 'data_extensions_write';

/** Every address of the organisation; case does not count. The first that fits answers. */
export const ROUTES: readonly Route[] = [
  { path: '/v2/token', access: 'anybody', methods: { POST: issueToken } },
  { path: '/v2/userinfo', access: null, methods: { GET: userInfo } },
  { path: '/platform/v1/tokenContext', access: null, methods: { GET: tokenContext } },
  { path: '/Service.asmx', access: 'anybody', methods: { POST: answerSoap } },
  { path: '/hub/v1/dataevents/:extension/rowset', access: WRITE, methods: { POST: upsertRowset } },
  { path: '/hub/v1/dataevents/:extension/rows/:keys', access: WRITE, methods: { PUT: upsertRow } },
  {
    path: '/data/v1/async/dataextensions/:extension/rows',
    access: WRITE,
    methods: { POST: sendAsyncRows, PUT: sendAsyncRows },
  },
  { path: '/data/v1/async/:request/status', access: WRITE, methods: { GET: readAsyncStatus } },
  { path: '/data/v1/async/:request/results', access: WRITE, methods: { GET: readAsyncResults } },
  { path: '/data/v1/customobjectdata/key/:key/rowset', access: READ, methods: { GET: readRowset } },
  { path: '/data/v1/customobjectdata/token/:token/rowset', access: READ, methods: { GET: readNextRowset } },
  { path: '/data/v1/filetransferlocations', access: 'file_locations_read', methods: { GET: locations.listLocations } },
  {
    path: '/data/v1/filetransferlocation',
    access: 'file_locations_write',
    methods: { POST: locations.createLocation },
  },
  {
    path: '/data/v1/filetransferlocation/:key',
    access: 'file_locations_read',
    methods: { GET: locations.readLocation },
  },
  { path: '/automation/v1/ftplocations', access: 'automations_read', methods: { GET: locations.listFtpLocations } },
  {
    path: '/automation/v1/imports',
    access: 'automations_write',
    methods: { GET: imports.listImports, POST: imports.createImport },
  },
  {
    path: '/automation/v1/imports/:id',
    access: 'automations_write',
    methods: { GET: imports.readImport, PATCH: imports.changeImport, DELETE: imports.deleteImport },
  },
];
