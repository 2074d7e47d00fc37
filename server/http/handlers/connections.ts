import type { Actor } from '../../access/actor.ts';
import type { Change } from '../../access/audit.ts';
import { audited } from '../../access/audit.ts';
import {
  createConnection,
  deleteConnection,
  findConnection,
  listConnections,
  noteVerified,
  readConnection,
  updateConnection,
} from '../../connections/connections.ts';
import type { Instance } from '../../instance.ts';
import { changeBy } from '../change.ts';
import type { HandlersOf } from '../route.ts';

type Names =
  | 'listConnections'
  | 'createConnection'
  | 'updateConnection'
  | 'deleteConnection'
  | 'verifyConnection'
  | 'listObjects'
  | 'describeObject'
  | 'previewRead';

export function connectionHandlers(instance: Instance): HandlersOf<Names> {
  const { db, connections: host, remote } = instance;
  const changed = async (actor: Actor, name: string, work: (change: Change) => Promise<void>) => {
    await changeBy(instance, actor, work);
    instance.feed.publish('connections');
    return readConnection(db, host, name);
  };
  return {
    listConnections: () => listConnections(db, host),
    createConnection: ({ actor, body }) => changed(actor, body.name, (change) => createConnection(change, host, body)),
    updateConnection: ({ actor, body, param }) =>
      changed(actor, param('connection'), (change) => updateConnection(change, host, param('connection'), body)),
    deleteConnection: async ({ actor, param }) => {
      await changeBy(instance, actor, (change) => deleteConnection(change, host, param('connection')));
      instance.feed.publish('connections');
      return { ok: true };
    },
    verifyConnection: async ({ actor, param }) => {
      const row = await findConnection(db, param('connection'));
      const verified = await remote.verify(row.name);
      return changed(actor, row.name, (change) => noteVerified(change, row, verified));
    },
    listObjects: ({ param, query }) => remote.objects(param('connection'), query.refresh ?? false),
    describeObject: async ({ param, query }) => {
      const details = await remote.describe(param('connection'), param('object'), query.refresh ?? false);
      return { ...details, operators: [...details.operators] };
    },
    previewRead: async ({ actor, body, param }) => {
      const connection = param('connection');
      const seen = { object: body.object };
      await findConnection(db, connection);
      await changeBy(instance, actor, (change) =>
        audited(change, 'connection.preview', `connection:${connection}`, null, seen),
      );
      return remote.preview(connection, body);
    },
  };
}
