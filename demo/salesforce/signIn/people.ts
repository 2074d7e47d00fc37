import { randomBytes } from 'node:crypto';
import type { Table } from '../store/table.ts';
import { isSame, passwordOf } from './app.ts';

/** The users of the organisation as those who sign in. All have the demo's one password and security token. */
export class People {
  readonly password: string;
  readonly securityToken: string;
  private readonly users: Table;
  /** Browsers that are signed in, each with the text that its next decision must carry. */
  private readonly browsers = new Map<string, { userId: string; confirmation: string }>();

  constructor(users: Table, seed: number) {
    this.users = users;
    const { password, securityToken } = passwordOf(seed);
    this.password = password;
    this.securityToken = securityToken;
  }

  /** The active user of a name, or null. */
  find(username: string): string | null {
    const wanted = username.toLowerCase();
    for (let row = 0; row < this.users.rows; row++) {
      const isHim = String(this.users.read('Username', row)).toLowerCase() === wanted;
      if (isHim) return this.users.read('IsActive', row) === true ? this.users.idOf(row) : null;
    }
    return null;
  }

  usernameOf(userId: string): string {
    return String(this.users.read('Username', this.users.rowOf(userId)));
  }

  /** Through an API the security token follows the password; a person in a browser needs none. */
  signIn(username: string, password: string, through: 'api' | 'browser'): string | null {
    const expected = through === 'api' ? this.password + this.securityToken : this.password;
    return isSame(password, expected) ? this.find(username) : null;
  }

  /** Remembers a browser; the text goes into its cookie. */
  remember(userId: string): string {
    const cookie = randomBytes(24).toString('base64url');
    this.browsers.set(cookie, { userId, confirmation: randomBytes(24).toString('base64url') });
    return cookie;
  }

  browser(cookie: string): { userId: string; confirmation: string } | undefined {
    return this.browsers.get(cookie);
  }
}
