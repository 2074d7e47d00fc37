/** `POST /hooks/‹path›`: signed calls of outside systems. What is answered with 202 is stored. */
import type { RequestHandler } from 'express';
import express from 'express';
import { UserError } from '../../contract/errors.ts';
import { readConnectionSettings } from '../connections/settings.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Instance } from '../instance.ts';
import { findHook, keepCall } from '../signals/hooks.ts';
import { publishedSecret, verifySignature } from '../signals/signature.ts';
import { sendJson } from './reply.ts';

const mostId = 200;
const body = express.raw({ type: () => true, limit: '1mb' });

export function createHooks(instance: Instance): express.Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  router.post('/:path', requireJson, body, answer(instance));
  return router;
}

const requireJson: RequestHandler = (request, _response, next) => {
  if (!request.is('application/json')) throw new UserError('HOOK_NOT_JSON');
  next();
};

/** Nothing is read of a body before its signature was found right. */
function answer(instance: Instance): RequestHandler {
  const { db, clock, newId, config } = instance;
  return async (request, response) => {
    const hook = await findHook(db, String(request.params.path));
    const secret = await readSecret(instance, hook.declared.connection);
    const content: Buffer = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const header = (name: string): string | undefined => request.get(`x-${name}`) ?? request.get(name);
    const at = clock.now();
    const signature = verifySignature(header('syncline-signature'), secret, content, at);
    await requireRoom(instance);
    const eventId = header('syncline-id')?.slice(0, mostId) || null;
    const call = {
      ...{ body: content.toString('utf8'), signature, eventId, at },
      mostPerMinute: config.hookCallsPerMinute,
    };
    const kept = await inTransaction(db, (tx) => keepCall(tx, newId, hook, call));
    instance.engine.nudge();
    await sendJson(request, response, 202, kept);
  };
}

/** Before the disk is full the sender keeps what it sends, and sends it again. Throws UserError HOOK_FULL. */
async function requireRoom({ stores, config, log }: Instance): Promise<void> {
  const free = await stores.freeBytes();
  if (free >= config.diskFloorMB * 1_000_000) return;
  log.warn({ free, floorMB: config.diskFloorMB }, 'a call of a webhook was put off: too little disk is free');
  throw new UserError('HOOK_FULL', { seconds: 300 });
}

/** Whoever calls is not told what is wrong here. Throws UserError HOOK_CLOSED. */
async function readSecret({ db, connections, config, log }: Instance, connection: string): Promise<string> {
  try {
    const { settings } = await readConnectionSettings(db, connections.key, connection);
    // What a demo has left in the folder of an instance that is no demo any more.
    if (settings.secret === publishedSecret && !config.demo)
      throw new UserError('HOOK_SIGNATURE', { reason: 'the secret of its connection is published' });
    if (typeof settings.secret === 'string' && settings.secret !== '') return settings.secret;
    throw new UserError('CONNECTION_KIND', { name: connection, kind: 'other' });
  } catch (error) {
    log.error({ err: error, connection }, 'a webhook could not be checked');
    throw new UserError('HOOK_CLOSED', {}, { cause: error });
  }
}
