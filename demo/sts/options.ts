/** Keys of somebody who may ask: a user of the account, or a role that was assumed. */
export interface AccessKey {
  accessKeyId: string;
  secretAccessKey: string;
  /** With keys of a role. */
  sessionToken?: string;
}

/** A role, and whom it trusts. */
export interface Role {
  arn: string;
  /** What must be said to assume it, when something must. */
  externalId?: string;
  /** Longest session, in seconds; 3600 when not said. */
  maxSeconds?: number;
  /** Keys that are given out in place of new ones: those of a user that a store knows. */
  grants?: AccessKey;
}

export interface StsOptions {
  /** 0, the default, takes a free port. */
  port?: number;
  /** Address to listen on; loopback by default. */
  host?: string;
  /** Who may ask. */
  users?: readonly AccessKey[];
  roles?: readonly Role[];
  /** Where the service stands; a signature for another region is refused. */
  region?: string;
  /** An instant at which the clock stands until it is stepped; without it the clock is the machine's. */
  clock?: string;
}

export const ACCOUNT = '123456789012';

/** The user that may ask when nobody else is named. */
export const DEMO_USER: AccessKey = { accessKeyId: 'AKIADEMOUSER00000001', secretAccessKey: 'demo-secret-of-the-user' };

/** The role that may be assumed when no other is named. */
export const DEMO_ROLE: Role = { arn: `arn:aws:iam::${ACCOUNT}:role/SynclineFiles`, externalId: 'demo-external-id' };
