/**
 * The configuration: one schema, and the only place that reads the environment. Flags of the command line win over
 * variables, variables over defaults. The README's table is rendered from here.
 */
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import { plainWords } from '../contract/plainWords.ts';
import { isTimeZone } from '../contract/workflow.ts';

interface Setting {
  /** The environment variable. */
  env: string;
  /** The flag of `syncline serve`, where there is one. */
  flag?: string;
  about: string;
}

/** Describes one setting. The text is what the README shows. */
function setting<T extends z.ZodType>(schema: T, about: Setting): T {
  return schema.meta({ ...about });
}

const flagTexts = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['false', false],
  ['0', false],
  ['no', false],
  ['', false],
]);
const yesNo = z.preprocess(
  (value) => (typeof value === 'string' ? (flagTexts.get(value.toLowerCase()) ?? value) : value),
  z.boolean('say true or false'),
);
const whole = (min: number, max: number) => z.coerce.number('say a number').int().min(min).max(max);
const folder = z.string().min(1);
const isDatabaseUrl = (text: string): boolean => /^postgres(ql)?:\/\//.test(text) && URL.canParse(text);

export const configSchema = z.object({
  data: setting(folder.default('data'), {
    env: 'SYNCLINE_DATA',
    flag: '--data <folder>',
    about:
      'The folder that holds everything: workflows, runs, rows, secrets. With DATABASE_URL: files and the secret key.',
  }),
  databaseUrl: setting(
    z
      .string()
      .refine(isDatabaseUrl, 'is not an address such as postgres://user:password@host:5432/database')
      .optional(),
    {
      env: 'DATABASE_URL',
      about:
        'A PostgreSQL database (14 or newer) that holds everything in place of files, for any number of servers and workers. `?search_path=name` names its schema. Default: SQLite in the data folder.',
    },
  ),
  host: setting(z.string().min(1).default('127.0.0.1'), {
    env: 'SYNCLINE_HOST',
    flag: '--host <address>',
    about: 'The address to listen on. The default answers this machine only.',
  }),
  port: setting(whole(0, 65_535).default(3480), {
    env: 'SYNCLINE_PORT',
    flag: '--port <number>',
    about: 'The port to listen on; 0 takes a free one.',
  }),
  publicUrl: setting(z.url({ protocol: /^https?$/ }).optional(), {
    env: 'SYNCLINE_PUBLIC_URL',
    flag: '--public-url <url>',
    about: 'The address people use, when a proxy stands in front. With https, cookies are sent over https only.',
  }),
  proxies: setting(whole(0, 10).default(0), {
    env: 'SYNCLINE_PROXIES',
    about: 'How many proxies stand in front, so that the address of a client is read from what they add.',
  }),
  secretKey: setting(z.string().min(32, 'use at least 32 characters').optional(), {
    env: 'SYNCLINE_SECRET_KEY',
    about: 'Encrypts the secrets of connections. Takes the place of the key file.',
  }),
  secretKeyFile: setting(z.string().optional(), {
    env: 'SYNCLINE_SECRET_KEY_FILE',
    about:
      'The file with that key, made at the first start, readable by its owner only. Default: `secret.key` in the data folder.',
  }),
  sessionHours: setting(whole(1, 8_760).default(72), {
    env: 'SYNCLINE_SESSION_HOURS',
    about: 'Hours without a request after which a browser has to sign in again.',
  }),
  timeZone: setting(z.string().refine(isTimeZone, 'is not an IANA time zone such as Europe/Paris').default('UTC'), {
    env: 'SYNCLINE_TIME_ZONE',
    flag: '--time-zone <zone>',
    about: 'The time zone of the instance, for workflows and nodes that name none.',
  }),
  retentionDays: setting(whole(1, 36_500).default(30), {
    env: 'SYNCLINE_RETENTION_DAYS',
    about: 'Days after which an ended run is removed with its rows.',
  }),
  retentionMB: setting(whole(0, 100_000_000).default(0), {
    env: 'SYNCLINE_RETENTION_MB',
    about: 'Megabytes of rows of all runs together; above it the oldest ended runs give up theirs. 0: no limit.',
  }),
  retentionTables: setting(whole(0, 10_000_000).default(0), {
    env: 'SYNCLINE_RETENTION_TABLES',
    about: 'Work tables of all runs together; above it the oldest ended runs give up theirs. 0: no limit.',
  }),
  retentionExportDays: setting(whole(1, 36_500).default(90), {
    env: 'SYNCLINE_RETENTION_EXPORT_DAYS',
    about: 'Days after the end of its run for which an export keeps its tables, to be looked at and undone.',
  }),
  diskFloorMB: setting(whole(0, 1_000_000).default(512), {
    env: 'SYNCLINE_DISK_FLOOR_MB',
    about:
      'No run starts, and no call of a webhook is taken (503, the sender tries again), while less disk than this is free.',
  }),
  hookCallsPerMinute: setting(whole(1, 1_000_000).default(6_000), {
    env: 'SYNCLINE_HOOK_CALLS_PER_MINUTE',
    about:
      'Calls that one webhook takes in a minute, each with up to 10,000 events; what is beyond is told to come later (429).',
  }),
  engine: setting(yesNo.default(true), {
    env: 'SYNCLINE_ENGINE',
    flag: '--no-engine',
    about: 'Whether the server has an engine of its own. Without one, `syncline worker` does the work.',
  }),
  concurrency: setting(whole(1, 64).default(4), {
    env: 'SYNCLINE_CONCURRENCY',
    about: 'How many nodes the engine executes at the same time.',
  }),
  threads: setting(whole(4, 1_024).default(16), {
    env: 'UV_THREADPOOL_SIZE',
    about: 'Threads of a process for statements and files; six of them stay free of long statements.',
  }),
  logLevel: setting(z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'), {
    env: 'SYNCLINE_LOG_LEVEL',
    flag: '--log-level <level>',
    about: 'How much is logged, as JSON lines on stderr: debug, info, warn, error, silent.',
  }),
  checkReplies: setting(yesNo.default(false), {
    env: 'SYNCLINE_CHECK_REPLIES',
    about: 'For development: a reply that differs from the documented interface is an error.',
  }),
  demo: setting(yesNo.default(false), {
    env: 'SYNCLINE_DEMO',
    flag: '--demo',
    about: 'Starts a demo organisation with sample workflows beside the server.',
  }),
  demoSeed: setting(whole(0, 2_147_483_647).default(1), {
    env: 'SYNCLINE_DEMO_SEED',
    flag: '--demo-seed <number>',
    about: 'Which data the demo organisation has; the same number gives the same data.',
  }),
  demoContacts: setting(whole(1, 10_000_000).default(5_000), {
    env: 'SYNCLINE_DEMO_CONTACTS',
    flag: '--demo-contacts <number>',
    about: 'How many contacts the demo organisation has.',
  }),
});
export type Config = z.output<typeof configSchema>;
type SettingName = keyof typeof configSchema.shape;

const settings = Object.entries(configSchema.shape).map(([name, schema]) => ({
  name: name as SettingName,
  schema: schema as z.ZodType,
  ...(schema.meta() as unknown as Setting),
}));

/**
 * Reads variables and flags into one configuration; folders become absolute. A variable that is empty counts as not set.
 * Throws UserError CONFIG_INVALID, naming the variable or flag as the person wrote it.
 */
export function loadConfig(
  flags: Partial<Record<SettingName, unknown>> = {},
  environment: Record<string, string | undefined> = process.env,
): Config {
  const given = settings.map(({ name, env }) => [name, flags[name] ?? (environment[env] || undefined)]);
  const parsed = configSchema.safeParse(Object.fromEntries(given), { error: plainWords });
  if (!parsed.success) throw invalid(parsed.error, flags);
  return { ...parsed.data, data: resolve(parsed.data.data) };
}

function invalid(error: z.ZodError, flags: Partial<Record<SettingName, unknown>>): UserError {
  const issue = error.issues[0];
  const wrong = settings.find((one) => one.name === issue?.path[0]);
  const byFlag = wrong?.flag !== undefined && flags[wrong.name] !== undefined;
  const field = (byFlag ? wrong?.flag?.split(' ')[0] : wrong?.env) ?? 'configuration';
  return new UserError('CONFIG_INVALID', { field, reason: issue?.message ?? 'is not valid' });
}

/** Where the control store lies: a PostgreSQL database, else the data folder. */
export function placeOf(config: Pick<Config, 'data' | 'databaseUrl'>): string {
  return config.databaseUrl ?? config.data;
}

/** Where the key of the secrets lies when it is not given in the environment. */
export function keyFileOf(config: Pick<Config, 'data' | 'secretKeyFile'>): string {
  return config.secretKeyFile ? resolve(config.secretKeyFile) : join(config.data, 'secret.key');
}

/** The environment of a child process of ours: it reads the same configuration, flags of the parent included. */
export function childEnvironment(config: Config): Record<string, string> {
  const own = settings.flatMap(({ name, env }) => (config[name] === undefined ? [] : [[env, String(config[name])]]));
  return { ...inherited(() => true), ...Object.fromEntries(own) };
}

/** That of a process which is not ours, such as a demo organisation: nothing of the configuration reaches it, no key. */
export function outsideEnvironment(): Record<string, string> {
  return inherited((name) => !name.startsWith('SYNCLINE_') && !settings.some(({ env }) => env === name));
}

function inherited(which: (name: string) => boolean): Record<string, string> {
  const entries = Object.entries(process.env).filter(([name, value]) => value !== undefined && which(name));
  return Object.fromEntries(entries) as Record<string, string>;
}

/** The flags of the command line, as commander takes them; a flag's camelCase name is the setting's. */
export function listFlags(): { flag: string; about: string }[] {
  return settings.flatMap(({ flag, about, schema }) => {
    const standard = defaultOf(schema).replaceAll('`', '');
    return flag ? [{ flag, about: standard === '' ? about : `${about} (default: ${standard})` }] : [];
  });
}

/** The README's table of all settings, in Markdown. */
export function renderConfigTable(): string {
  const cell = (text: string) => text.replaceAll('|', '\\|');
  const rows = settings.map(
    ({ env, flag, about, schema }) =>
      `| \`${env}\` | ${flag ? `\`${cell(flag)}\`` : ''} | ${defaultOf(schema)} | ${cell(about)} |`,
  );
  return ['| variable | flag | default | what it does |', '|---|---|---|---|', ...rows].join('\n');
}

function defaultOf(schema: z.ZodType): string {
  const parsed = schema.safeParse(undefined);
  return parsed.success && parsed.data !== undefined ? `\`${String(parsed.data)}\`` : '';
}
