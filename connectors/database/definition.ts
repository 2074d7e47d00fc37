import { z } from 'zod';
import type { ConnectorDefinition } from '../../contract/connector.ts';

export const systems = ['postgres', 'mysql', 'sqlite'] as const;

const server = z.object({ host: z.string(), database: z.string(), user: z.string() });

const settingsSchema = z
  .strictObject({
    system: z.enum(systems),
    host: z.string().trim().max(255).default(''),
    /** 0: the usual one of the system. */
    port: z.number().int().min(0).max(65_535, 'write a port from 1 to 65535, or 0 for the usual one').default(0),
    database: z.string().trim().max(128).default(''),
    user: z.string().trim().max(128).default(''),
    password: z.string().max(1_000).default(''),
    schema: z
      .string()
      .trim()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'use letters, digits and _, such as public')
      .max(63)
      .default('public'),
    tls: z.enum(['verify', 'encrypt', 'off']),
    ca: z
      .string()
      .trim()
      .max(50_000)
      .refine((text) => text === '' || text.includes('-----BEGIN CERTIFICATE-----'), 'paste a certificate in PEM form')
      .default(''),
    file: z.string().trim().max(100).default(''),
  })
  .superRefine((settings, context) => {
    const refuse = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    if (settings.system === 'sqlite') {
      // A name, never a path: whoever may edit connections must not reach other files of this machine.
      if (!/^[A-Za-z0-9][A-Za-z0-9_-]*\.(sqlite|sqlite3|db)$/.test(settings.file))
        refuse('file', 'write a name without folders that ends with .sqlite or .db, such as crm.sqlite');
      return;
    }
    for (const name of Object.keys(server.shape) as (keyof z.output<typeof server>)[])
      if (settings[name] === '') refuse(name, 'is needed to reach the server');
    if (/[\s/:@]/.test(settings.host))
      refuse('host', 'write a name or an address without port, such as db.example.org');
  });
export type DatabaseSettings = z.output<typeof settingsSchema>;

const onServer = { name: 'system', is: ['postgres', 'mysql'] } as const;

export const definition: ConnectorDefinition<DatabaseSettings> = {
  kind: 'database',
  label: 'Database',
  description: 'Tables in PostgreSQL, MySQL, MariaDB or a SQLite file.',
  icon: 'IconDatabase',
  capabilities: ['database'],
  settings: settingsSchema,
  defaults: {
    system: 'postgres',
    host: '',
    port: 0,
    database: '',
    user: '',
    password: '',
    schema: 'public',
    tls: 'verify',
    ca: '',
    file: '',
  },
  form: [
    {
      kind: 'choice',
      name: 'system',
      label: 'System',
      display: 'segments',
      choices: [
        { value: 'postgres', label: 'PostgreSQL' },
        { value: 'mysql', label: 'MySQL, MariaDB' },
        { value: 'sqlite', label: 'SQLite file' },
      ],
    },
    { kind: 'text', name: 'host', label: 'Host', placeholder: 'db.example.org', when: onServer },
    {
      kind: 'number',
      name: 'port',
      label: 'Port',
      min: 0,
      max: 65_535,
      hint: '0 takes the usual one: 5432 for PostgreSQL, 3306 for MySQL and MariaDB.',
      when: onServer,
    },
    { kind: 'text', name: 'database', label: 'Database', when: onServer },
    {
      kind: 'text',
      name: 'user',
      label: 'User',
      hint: 'It must be allowed to create tables and to read and write their rows.',
      when: onServer,
    },
    {
      kind: 'secret',
      name: 'password',
      label: 'Password',
      hint: 'It is kept encrypted and never shown again.',
      optional: true,
      when: onServer,
    },
    {
      kind: 'text',
      name: 'schema',
      label: 'Schema',
      hint: 'The schema that holds the tables. It is created if the user may do that.',
      when: { name: 'system', is: ['postgres'] },
    },
    {
      kind: 'choice',
      name: 'tls',
      label: 'TLS',
      display: 'segments',
      when: onServer,
      choices: [
        { value: 'verify', label: 'Verified', hint: 'Encrypted, and the certificate of the server is checked.' },
        { value: 'encrypt', label: 'Encrypted', hint: 'Encrypted, but another server could pretend to be this one.' },
        { value: 'off', label: 'Off', hint: 'Everything travels in clear: for a server on this machine.' },
      ],
    },
    {
      kind: 'text',
      name: 'ca',
      label: 'Certificate authority',
      placeholder: '-----BEGIN CERTIFICATE-----',
      hint: 'In PEM form, for a server whose certificate no public authority has signed.',
      optional: true,
      when: { name: 'tls', is: ['verify'] },
    },
    {
      kind: 'text',
      name: 'file',
      label: 'File',
      placeholder: 'crm.sqlite',
      hint: 'It lies in the folder files/databases of this instance.',
      when: { name: 'system', is: ['sqlite'] },
    },
  ],
  secrets: ['password'],
};
