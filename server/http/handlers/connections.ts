import type { Request } from 'express';
import { UserError } from '../../../contract/errors.ts';
import type { Actor } from '../../access/actor.ts';
import { actorText } from '../../access/actor.ts';
import type { Change } from '../../access/audit.ts';
import { audited } from '../../access/audit.ts';
import { readCalls } from '../../connections/calls.ts';
import {
  createConnection,
  deleteConnection,
  findConnection,
  listConnections,
  noteVerified,
  readConnection,
  updateConnection,
} from '../../connections/connections.ts';
import { beginSignIn, finishSignIn } from '../../connections/signIns.ts';
import type { Instance } from '../../instance.ts';
import { changeBy } from '../change.ts';
import type { HandlersOf } from '../route.ts';

type Names =
  | 'listConnections'
  | 'createConnection'
  | 'updateConnection'
  | 'deleteConnection'
  | 'verifyConnection'
  | 'beginSignIn'
  | 'finishSignIn'
  | 'makeCertificate'
  | 'getCalls'
  | 'listObjects'
  | 'describeObject'
  | 'listExtensions'
  | 'describeExtension'
  | 'previewRead';

export function connectionHandlers(instance: Instance): HandlersOf<Names> {
  const { db, connections: host, remote } = instance;
  const changed = async (actor: Actor, name: string, work: (change: Change) => Promise<void>) => {
    await changeBy(instance, actor, work);
    instance.feed.publish('connections');
    return readConnection(db, host, name);
  };
  const signIns = { db, clock: instance.clock, key: host.key, remote };
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
    beginSignIn: (call) =>
      beginSignIn(signIns, {
        connection: call.param('connection'),
        boundTo: boundTo(call),
        callbackUrl: callbackUrl(instance, call.request),
      }),
    finishSignIn: async (call) => {
      const name = await finishSignIn(signIns, { ...call.body, boundTo: boundTo(call) });
      const row = await findConnection(db, name);
      const verified = await remote.verify(name);
      return changed(call.actor, name, async (change) => {
        await audited(change, 'connection.signIn', `connection:${name}`, null, { ok: true });
        await noteVerified(change, row, verified);
      });
    },
    makeCertificate: async ({ actor, param }) => {
      const name = param('connection');
      const certificate = await remote.withClient(name, async ({ proof }) => {
        if (proof) return proof.certificate();
        throw new UserError('INVALID_INPUT', { reason: `the connection "${name}" signs in without a key` });
      });
      await changed(actor, name, (change) =>
        audited(change, 'connection.certificate', `connection:${name}`, null, { ok: true }),
      );
      return { certificate };
    },
    getCalls: async ({ param }) => {
      const row = await findConnection(db, param('connection'));
      return readCalls(db, row, instance.clock.now());
    },
    listObjects: ({ param, query }) => remote.objects(param('connection'), query.refresh ?? false),
    describeObject: async ({ param, query }) => {
      const details = await remote.describe(param('connection'), param('object'), query.refresh ?? false);
      return { ...details, operators: [...details.operators] };
    },
    listExtensions: ({ param, query }) => remote.extensions(param('connection'), query.refresh ?? false),
    describeExtension: ({ param, query }) =>
      remote.extension(param('connection'), param('extension'), query.refresh ?? false),
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

/** An answer is of use only to the session, or the token, that began. */
const boundTo = ({ actor, session }: { actor: Actor; session: string | null }): string => session ?? actorText(actor);

/** Of the editor, at the address by which this person uses it: that it is one of ours was looked at before. */
function callbackUrl({ config }: Instance, request: Request): string {
  const own = config.publicUrl ?? `${request.protocol}://${request.get('host')}`;
  return new URL('/oauth/callback', request.get('origin') ?? own).href;
}
