import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UserError } from '../../contract/errors.ts';
import type { TestDatabase } from '../../test/harness/database.ts';
import { makeDatabase } from '../../test/harness/database.ts';
import { openControl } from '../db/control.ts';
import { createIds } from '../db/ids.ts';
import type { Db } from '../db/transaction.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Access } from './access.ts';
import type { Actor } from './actor.ts';
import { actorText, requireRole, requireUser } from './actor.ts';
import type { Change } from './audit.ts';
import { audited, listAudit } from './audit.ts';
import { createStartLink } from './links.ts';
import { hashPassword, isPassword } from './passwords.ts';
import { endSession, findSession, prolongSession } from './sessions.ts';
import { signInByLink, signInByPassword } from './signIn.ts';
import { createToken, deleteToken, findToken, listTokens, noteTokenUse } from './tokens.ts';
import { createUser, deleteUser, listUsers, setOwnPassword, updateUser } from './users.ts';

const system: Actor = { kind: 'system', name: 'test', role: 'admin' };
let database: TestDatabase;
let db: Db;
let now: Date;
let access: Access;

beforeEach(async () => {
  database = await makeDatabase();
  now = new Date('2024-05-01T10:00:00.000Z');
  const clock = { now: () => now, after: () => () => undefined };
  db = await openControl(database.place, { clock });
  access = { db, clock, sessionHours: 2 };
});
afterEach(async () => {
  await db.destroy();
  await database.drop();
});

const change = <T>(work: (change: Change) => Promise<T>, actor = system): Promise<T> =>
  inTransaction(db, (tx) => work({ tx, actor, now }));
const step = (minutes: number): void => {
  now = new Date(now.getTime() + minutes * 60_000);
};
const addUser = async (name: string, role: Actor['role'], password: string): Promise<void> => {
  const passwordHash = await hashPassword(password);
  await change((it) => createUser(it, { name, role, passwordHash }));
};
const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => null,
    (reason: UserError) => reason,
  );
  return error?.code ?? 'nothing was thrown';
};

describe('passwords', () => {
  it('are kept as argon2id and verified', async () => {
    const stored = await hashPassword('correct horse battery');
    expect(stored).toMatch(/^\$argon2id\$/);
    expect(await isPassword('correct horse battery', stored)).toBe(true);
    expect(await isPassword('correct horse batterz', stored)).toBe(false);
    expect(await isPassword('anything', null)).toBe(false);
  });

  it('are the same however a keyboard composes an accent', async () => {
    expect(await isPassword('caf\u0065\u0301 au lait', await hashPassword('café au lait'))).toBe(true);
  });
});

describe('signing in by password', () => {
  beforeEach(() => addUser('Ada', 'editor', 'a long enough one'));
  const signIn = (password: string, name = 'Ada', address = '10.0.0.1') =>
    signInByPassword(access, { name, password, address });

  it('opens a session that ends after the hours without use', async () => {
    const { secret, user } = await signIn('a long enough one');
    expect(user).toMatchObject({ name: 'Ada', role: 'editor' });
    expect((await findSession(db, secret, now))?.actor).toEqual({ kind: 'user', name: 'Ada', role: 'editor' });
    step(119);
    const session = await findSession(db, secret, now);
    expect(session?.due).toBe(true);
    await inTransaction(db, (tx) => prolongSession(tx, session!, { now, hours: 2 }));
    step(119);
    expect(await findSession(db, secret, now)).not.toBeNull();
    step(2);
    expect(await findSession(db, secret, now)).toBeNull();
  });

  it('does not care for upper and lower case of the name', async () => {
    expect((await signIn('a long enough one', 'ADA')).user.name).toBe('Ada');
  });

  it('stores the hash of the cookie, never the cookie', async () => {
    const { secret } = await signIn('a long enough one');
    expect(JSON.stringify(await db('sessions'))).not.toContain(secret);
  });

  it('answers an unknown user, a wrong password and a disabled user alike', async () => {
    await addUser('Root', 'admin', 'a long enough one');
    await change((it) => updateUser(it, 'Ada', { disabled: true }));
    expect(await codeOf(signIn('a long enough one'))).toBe('WRONG_PASSWORD');
    expect(await codeOf(signIn('wrong', 'Root'))).toBe('WRONG_PASSWORD');
    expect(await codeOf(signIn('wrong', 'Nobody'))).toBe('WRONG_PASSWORD');
  });

  it('is refused after eight failures of a user, whatever the address and however many come at once', async () => {
    const tries = await Promise.all(
      Array.from({ length: 12 }, (_, index) => codeOf(signIn('wrong', 'ada', `10.0.1.${index}`))),
    );
    expect(tries.filter((code) => code === 'WRONG_PASSWORD')).toHaveLength(8);
    expect(tries.filter((code) => code === 'TOO_MANY_ATTEMPTS')).toHaveLength(4);
    expect(await codeOf(signIn('a long enough one'))).toBe('TOO_MANY_ATTEMPTS');
  });

  it('says how long to wait, and lets in after that', async () => {
    for (let tried = 0; tried < 8; tried += 1) await codeOf(signIn('wrong'));
    step(5);
    const refusal = await signIn('a long enough one').catch((error: UserError) => error);
    expect(refusal).toMatchObject({ code: 'TOO_MANY_ATTEMPTS', details: { seconds: 600 } });
    step(10);
    expect((await signIn('a long enough one')).user.name).toBe('Ada');
  });

  it('is refused after thirty failures of an address, whichever users it tries', async () => {
    const codes: string[] = [];
    for (let tried = 0; tried < 31; tried += 1) codes.push(await codeOf(signIn('wrong', `user${tried}`, '10.9.9.9')));
    expect(codes.slice(0, 30)).toEqual(Array(30).fill('WRONG_PASSWORD'));
    expect(codes[30]).toBe('TOO_MANY_ATTEMPTS');
    expect((await signIn('a long enough one', 'Ada', '10.0.0.2')).user.name).toBe('Ada');
  });

  it('forgets failures of a user after a success', async () => {
    for (let tried = 0; tried < 7; tried += 1) await codeOf(signIn('wrong'));
    await signIn('a long enough one');
    for (let tried = 0; tried < 7; tried += 1) await codeOf(signIn('wrong'));
    expect((await signIn('a long enough one')).user.name).toBe('Ada');
  });
});

describe('the sign-in link', () => {
  const makeLink = (always = false) => change((it) => createStartLink(it, always));
  const use = (token: string | null) => signInByLink(access, { token: token ?? '', address: '10.0.0.1' });

  it('makes the first admin and signs in once', async () => {
    const token = await makeLink();
    expect((await use(token)).user).toMatchObject({ name: 'admin', role: 'admin' });
    expect(await codeOf(use(token))).toBe('LINK_USED');
  });

  it('lets only one of many in that use it at once', async () => {
    const token = await makeLink();
    const codes = await Promise.all(Array.from({ length: 5 }, () => codeOf(use(token))));
    expect(codes.filter((code) => code === 'LINK_USED')).toHaveLength(4);
  });

  it('ends after a day', async () => {
    const token = await makeLink();
    step(24 * 60);
    expect(await codeOf(use(token))).toBe('LINK_USED');
  });

  it('is replaced by the next one', async () => {
    const first = await makeLink();
    const second = await makeLink();
    expect(await codeOf(use(first))).toBe('LINK_USED');
    expect((await use(second)).user.name).toBe('admin');
  });

  it('is made until an admin has a password, and later only when asked for', async () => {
    await makeLink();
    expect(await makeLink()).not.toBeNull();
    const passwordHash = await hashPassword('a long enough one');
    await change((it) => updateUser(it, 'admin', { passwordHash }));
    expect(await makeLink()).toBeNull();
    expect(await makeLink(true)).not.toBeNull();
    expect(await listUsers(db)).toHaveLength(1);
  });

  it('is refused when made up', async () => {
    expect(await codeOf(use('made up'))).toBe('LINK_USED');
  });
});

describe('users', () => {
  it('are refused when the name is taken, in any case of letters', async () => {
    await addUser('Ada', 'admin', 'a long enough one');
    expect(await codeOf(addUser('ada', 'viewer', 'a long enough one'))).toBe('NAME_TAKEN');
  });

  it.each(['demoted', 'disabled', 'deleted'])('are protected as last admin from being %s', async (how) => {
    await addUser('Ada', 'admin', 'a long enough one');
    await addUser('Bob', 'editor', 'a long enough one');
    const work = change(async (it) => {
      if (how === 'deleted') return deleteUser(it, 'Ada');
      await updateUser(it, 'Ada', how === 'demoted' ? { role: 'editor' } : { disabled: true });
    });
    expect(await codeOf(work)).toBe('LAST_ADMIN');
    expect((await listUsers(db)).find((user) => user.name === 'Ada')).toMatchObject({ role: 'admin', disabled: false });
  });

  it('lose their sessions when disabled, deleted or given a password', async () => {
    await addUser('Ada', 'admin', 'a long enough one');
    for (const end of ['disable', 'password', 'delete']) {
      await addUser('Bob', 'editor', 'a long enough one');
      const { secret } = await signInByPassword(access, { name: 'Bob', password: 'a long enough one', address: 'x' });
      const passwordHash = await hashPassword('another long one');
      await change(async (it) => {
        if (end === 'disable') await updateUser(it, 'Bob', { disabled: true });
        if (end === 'password') await updateUser(it, 'Bob', { passwordHash });
        if (end === 'delete') await deleteUser(it, 'Bob');
      });
      expect(await findSession(db, secret, now), end).toBeNull();
      if (end !== 'delete') await change((it) => deleteUser(it, 'Bob'));
    }
  });

  it('keep only the present session when they set their own password', async () => {
    await addUser('Ada', 'admin', 'a long enough one');
    const signIn = () => signInByPassword(access, { name: 'Ada', password: 'a long enough one', address: 'x' });
    const [first, second] = [await signIn(), await signIn()];
    const mine = (await findSession(db, first.secret, now))!;
    const hash = await hashPassword('another long one');
    await change((it) => setOwnPassword(it, hash, mine.id), mine.actor);
    expect(await findSession(db, first.secret, now)).not.toBeNull();
    expect(await findSession(db, second.secret, now)).toBeNull();
    await inTransaction(db, (tx) => endSession(tx, mine.id));
    expect(await findSession(db, first.secret, now)).toBeNull();
  });

  it.each(['update', 'delete'])('that do not exist are not found by %s', async (what) => {
    const work = change(async (it) => {
      if (what === 'update') await updateUser(it, 'nobody', { role: 'admin' });
      else await deleteUser(it, 'nobody');
    });
    expect(await codeOf(work)).toBe('NOT_FOUND');
  });
});

describe('API tokens', () => {
  const make = () => change((it) => createToken(it, { id: createIds(access.clock)(), label: 'CI', role: 'operator' }));

  it('are stored as a hash and found by their secret', async () => {
    const { secret } = await make();
    expect(secret).toMatch(/^syncline_[\w-]{43}$/);
    expect(JSON.stringify([await db('tokens'), await db('audit')])).not.toContain(secret);
    expect((await findToken(db, secret, now))?.actor).toEqual({
      kind: 'token',
      name: 'CI',
      maker: 'system:test',
      role: 'operator',
    });
    expect(await findToken(db, `${secret}x`, now)).toBeNull();
  });

  it('note their use once a minute', async () => {
    const { secret, id } = await make();
    expect((await findToken(db, secret, now))?.due).toBe(true);
    await inTransaction(db, (tx) => noteTokenUse(tx, id, now));
    expect((await findToken(db, secret, now))?.due).toBe(false);
    expect((await listTokens(db))[0]?.lastUsedAt).toBe(now.toISOString());
    step(1);
    expect((await findToken(db, secret, now))?.due).toBe(true);
  });

  it('are worth nothing once revoked', async () => {
    const { secret, id } = await make();
    await change((it) => deleteToken(it, id));
    expect(await findToken(db, secret, now)).toBeNull();
    expect(await codeOf(change((it) => deleteToken(it, id)))).toBe('NOT_FOUND');
  });
});

describe('the audit trail', () => {
  it('has a row for each change, and none for a change that was rolled back', async () => {
    await addUser('Ada', 'admin', 'a long enough one');
    await codeOf(change((it) => deleteUser(it, 'Ada')));
    const passwordHash = await hashPassword('a long enough one');
    await change((it) => createUser(it, { name: 'Bob', role: 'viewer', passwordHash }));
    await change((it) => updateUser(it, 'Bob', { role: 'editor', passwordHash }));
    await change((it) => deleteUser(it, 'Bob'));
    const trail = await listAudit(db, {});
    expect(trail.map(({ action, subject, by, old, new: after }) => [action, subject, by, old, after])).toEqual([
      ['user.delete', 'user:Bob', 'system:test', { role: 'editor' }, null],
      [
        'user.update',
        'user:Bob',
        'system:test',
        { role: 'viewer', disabled: false },
        { role: 'editor', disabled: false, password: 'set' },
      ],
      ['user.create', 'user:Bob', 'system:test', null, { role: 'viewer' }],
      ['user.create', 'user:Ada', 'system:test', null, { role: 'admin' }],
    ]);
  });

  it('is read in pages, newest first, and by subject', async () => {
    await change(async (it) => {
      for (let index = 0; index < 5; index += 1) await audited(it, 'workflow.save', `workflow:w${index % 2}`);
    });
    const [first, second] = await listAudit(db, { limit: 2 });
    expect([first?.id, second?.id]).toEqual([5, 4]);
    expect((await listAudit(db, { before: 4, limit: 2 })).map((entry) => entry.id)).toEqual([3, 2]);
    expect((await listAudit(db, { subject: 'workflow:w1' })).map((entry) => entry.id)).toEqual([4, 2]);
  });
});

describe('roles', () => {
  it('hold what the lower ones may', () => {
    expect(() => requireRole({ kind: 'user', name: 'a', role: 'operator' }, 'viewer')).not.toThrow();
    expect(() => requireRole({ kind: 'user', name: 'a', role: 'operator' }, 'editor')).toThrow(/role editor/);
  });

  it('do not make a token a person', () => {
    const token: Actor = { kind: 'token', name: 'CI', role: 'admin' };
    expect(() => requireUser(token, 'password')).toThrow(/has no password/);
    expect(actorText(token)).toBe('token:CI');
    expect(actorText({ ...token, maker: 'Ada' })).toBe('token:CI (Ada)');
    expect(actorText({ kind: 'user', name: 'Ada', role: 'viewer' })).toBe('Ada');
  });
});
