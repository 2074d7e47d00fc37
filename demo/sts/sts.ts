import { randomBytes } from 'node:crypto';
import { Clock } from '../kit/clock.ts';
import { StsError } from './errors.ts';
import { ACCOUNT, type AccessKey, DEMO_ROLE, DEMO_USER, type Role, type StsOptions } from './options.ts';

/** Who asks. */
export interface Caller {
  arn: string;
  secretAccessKey: string;
  /** A role that was assumed: what it assumes in turn lasts an hour at most. */
  isRole: boolean;
}

/** Keys of a role for a while. */
export interface Granted extends AccessKey {
  /** ISO. */
  expiration: string;
  arn: string;
  roleId: string;
}

interface Session extends Granted {
  ends: number;
}

export interface Asked {
  roleArn: string;
  sessionName: string;
  seconds: number;
  externalId: string | null;
}

const USUAL_SECONDS = 3600;

/** The users, the roles, and the sessions that were given out. */
export class Sts {
  readonly clock: Clock;
  readonly region: string;
  readonly #users: readonly AccessKey[];
  readonly #roles: readonly Role[];
  readonly #sessions = new Map<string, Session>();

  constructor(options: StsOptions) {
    this.clock = new Clock(options.clock);
    this.region = options.region ?? 'us-east-1';
    this.#users = options.users ?? [DEMO_USER];
    this.#roles = options.roles ?? [DEMO_ROLE];
  }

  /** Who has these keys. Throws StsError. */
  caller(accessKeyId: string, sessionToken: string | undefined): Caller {
    const user = this.#users.find((one) => one.accessKeyId === accessKeyId);
    if (user !== undefined && sessionToken === user.sessionToken)
      return { arn: `arn:aws:iam::${ACCOUNT}:user/demo`, secretAccessKey: user.secretAccessKey, isRole: false };
    const session = this.#sessions.get(accessKeyId);
    if (session === undefined || sessionToken !== session.sessionToken)
      throw new StsError(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.');
    if (this.clock.now() >= session.ends)
      throw new StsError(403, 'ExpiredToken', 'The security token included in the request is expired');
    return { arn: session.arn, secretAccessKey: session.secretAccessKey, isRole: true };
  }

  /** Keys of a role. Throws StsError; why a role is refused is never said. */
  assume(caller: Caller, asked: Asked): Granted {
    const role = this.#roles.find(({ arn }) => arn === asked.roleArn);
    if (role === undefined || (role.externalId !== undefined && role.externalId !== asked.externalId))
      throw new StsError(
        403,
        'AccessDenied',
        `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${asked.roleArn}`,
      );
    const most = caller.isRole ? USUAL_SECONDS : (role.maxSeconds ?? USUAL_SECONDS);
    if (asked.seconds > most)
      throw new StsError(
        400,
        'ValidationError',
        caller.isRole
          ? 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining'
          : 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
      );
    return this.#grant(role, asked);
  }

  #grant({ arn, grants }: Role, { sessionName, seconds }: Asked): Granted {
    const [, account, name] = /^arn:aws:iam::(\d+):role\/(?:.*\/)?(.+)$/.exec(arn) ?? [];
    const ends = this.clock.now() + seconds * 1000;
    const keys = grants ?? {
      accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(90).toString('base64'),
    };
    const session: Session = {
      ...keys,
      ends,
      expiration: new Date(ends).toISOString().replace(/\.\d+Z$/, 'Z'),
      arn: `arn:aws:sts::${account}:assumed-role/${name}/${sessionName}`,
      roleId: `AROADEMOROLE00000001:${sessionName}`,
    };
    this.#sessions.set(session.accessKeyId, session);
    return session;
  }
}
