/** Data extensions of Marketing Cloud: columns by SOAP, rows by REST. */
import type { ConnectorHost, DataExtensionsClient, Identity } from '../../contract/connector.ts';
import type { MarketingCloudSettings } from './definition.ts';
import { addColumns, countRows, describe, list } from './extensions.ts';
import { importResult, startImport } from './imports.ts';
import { hasRows, holds, outcome, send } from './rows.ts';
import { Session } from './session.ts';
import { retrieve } from './soap.ts';
import { fileText, keyForm, newType } from './values.ts';
import { textOf } from './xml.ts';

export async function open(host: ConnectorHost<MarketingCloudSettings>): Promise<DataExtensionsClient> {
  const session = new Session(host);
  return {
    kind: 'marketing-cloud',
    capability: 'dataExtensions',
    // A request may have some millions of bytes; a character has up to four.
    most: { rows: 1_000, characters: 1_000_000 },
    verify: () => verify(session),
    list: () => list(session),
    count: (extension) => countRows(session, extension),
    newType,
    extension: (key) => describe(session, key),
    addColumns: (extension, columns) => addColumns(session, extension, columns),
    keyForm,
    hasRows: (extension, keys) => hasRows(session, extension, keys),
    send: ({ key }, rows, limit) => send(session, key, rows, limit),
    outcome: (request, rows) => outcome(session, request, rows),
    holds: (extension, rows) => holds(session, extension, rows),
    fileText,
    startImport: (extension, order, limit) => startImport(session, extension, order, limit),
    importResult: (task) => importResult(session, task),
    close: async () => undefined,
  };
}

/** Asks both interfaces who we are: where REST is open, SOAP may not be. */
async function verify(session: Session): Promise<Identity> {
  const context = await session.rest('GET', 'platform/v1/tokenContext');
  const mid = String((context.organization as { id?: unknown } | undefined)?.id ?? '');
  const accounts = retrieve(session, 'Account', ['ID', 'Name'], { property: 'ID', values: [mid] });
  const { value: [account] = [] } = await accounts.next();
  const name = textOf(account, 'Name');
  return {
    identity: `Package ${session.host.settings.clientId}`,
    organisation: name === '' ? `MID ${mid}` : `${name} (MID ${mid})`,
    details: [{ label: 'Business unit', value: mid }],
  };
}
