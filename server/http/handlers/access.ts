import type { Request } from 'express';
import type { Reply } from '../../../contract/api.ts';
import { requireUser } from '../../access/actor.ts';
import { audited, listAudit } from '../../access/audit.ts';
import { hashPassword } from '../../access/passwords.ts';
import { endSession } from '../../access/sessions.ts';
import type { SignedIn } from '../../access/signIn.ts';
import { confirmPassword, signInByLink, signInByPassword } from '../../access/signIn.ts';
import { createToken, deleteToken, listTokens } from '../../access/tokens.ts';
import { createUser, deleteUser, findUser, listUsers, setOwnPassword, updateUser } from '../../access/users.ts';
import type { Instance } from '../../instance.ts';
import { readHold } from '../../keeping/hold.ts';
import { changeBy } from '../change.ts';
import { clearSessionCookie, setSessionCookie } from '../cookies.ts';
import type { Call, HandlersOf } from '../route.ts';

type Names =
  | 'getSession'
  | 'signIn'
  | 'signInByLink'
  | 'signOut'
  | 'changePassword'
  | 'listUsers'
  | 'createUser'
  | 'updateUser'
  | 'deleteUser'
  | 'listTokens'
  | 'createToken'
  | 'deleteToken'
  | 'listAudit';

const done = { ok: true } as const;

export function accessHandlers(instance: Instance): HandlersOf<Names> {
  const { db, config, secureCookies: secure } = instance;
  const sessionOf = async ({ name, role }: Reply<'getSession'>['user']): Promise<Reply<'getSession'>> => ({
    held: await readHold(db),
    user: { name, role },
    demo: config.demo,
    version: instance.version,
    timeZone: config.timeZone,
  });
  const enter = async (call: Call<'signIn' | 'signInByLink'>, signedIn: Promise<SignedIn>) => {
    const { secret, user } = await signedIn;
    setSessionCookie(call.response, secret, { secure, hours: config.sessionHours });
    return sessionOf(user);
  };
  return {
    getSession: async (call) => sessionOf(call.actor),
    signIn: (call) => enter(call, signInByPassword(instance, { ...call.body, address: addressOf(call.request) })),
    signInByLink: (call) => enter(call, signInByLink(instance, { ...call.body, address: addressOf(call.request) })),
    signOut: async (call) => {
      requireUser(call.actor, 'session');
      await changeBy(instance, call.actor, async (change) => {
        if (call.session !== null) await endSession(change.tx, call.session);
        await audited(change, 'user.sign-out', `user:${call.actor.name}`);
      });
      clearSessionCookie(call.response, secure);
      return done;
    },
    changePassword: async (call) => {
      requireUser(call.actor, 'password');
      const { name } = call.actor;
      const given = { name, password: call.body.old ?? '', address: addressOf(call.request) };
      if ((await findUser(db, name))?.password_hash) await confirmPassword(instance, given);
      const hash = await hashPassword(call.body.new);
      await changeBy(instance, call.actor, (change) => setOwnPassword(change, hash, call.session ?? ''));
      return done;
    },

    listUsers: () => listUsers(db),
    createUser: async (call) => {
      const { name, role, password } = call.body;
      const passwordHash = await hashPassword(password);
      const user = await changeBy(instance, call.actor, (change) => createUser(change, { name, role, passwordHash }));
      instance.feed.publish('users');
      return user;
    },
    updateUser: async (call) => {
      const { password, ...rest } = call.body;
      const passwordHash = password === undefined ? undefined : await hashPassword(password);
      const update = { ...rest, passwordHash };
      const user = await changeBy(instance, call.actor, (change) => updateUser(change, call.param('user'), update));
      instance.feed.publish('users');
      return user;
    },
    deleteUser: async (call) => {
      await changeBy(instance, call.actor, (change) => deleteUser(change, call.param('user')));
      instance.feed.publish('users');
      return done;
    },

    listTokens: () => listTokens(db),
    createToken: async (call) => {
      const token = { ...call.body, id: instance.newId() };
      const made = await changeBy(instance, call.actor, (change) => createToken(change, token));
      instance.feed.publish('users');
      return made;
    },
    deleteToken: async (call) => {
      await changeBy(instance, call.actor, (change) => deleteToken(change, call.param('token')));
      instance.feed.publish('users');
      return done;
    },
    listAudit: (call) => listAudit(db, call.query),
  };
}

/** As told by the proxies in front, of which only the configured number is believed. */
const addressOf = (request: Request): string => request.ip ?? 'unknown';
