import { z } from 'zod';
import type { ConnectorDefinition } from '../../contract/connector.ts';

const keyWord = /(^|[\s,;])((SHA256:)?[A-Za-z0-9+/]{43}=?|AAAA[A-Za-z0-9+/]{20,}={0,2})([\s,;]|$)/;
const pem = /^\s*-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]+-----END [A-Z ]*PRIVATE KEY-----\s*$/;

const settingsSchema = z
  .strictObject({
    host: z
      .string()
      .trim()
      .regex(/^[^\s/@]+$/, 'write the name of the server, such as files.example.org'),
    port: z
      .number()
      .int()
      .min(1, 'write a port from 1 to 65535')
      .max(65_535, 'write a port from 1 to 65535')
      .default(22),
    user: z.string().trim().min(1, 'write the user to sign in as').max(320),
    auth: z.enum(['password', 'key']).default('password'),
    password: z.string().max(1_000).default(''),
    privateKey: z
      .string()
      .max(50_000)
      .refine((text) => text === '' || pem.test(text), 'paste a private key as ssh-keygen writes it')
      .default(''),
    passphrase: z.string().max(1_000).default(''),
    hostKey: z
      .string()
      .trim()
      .max(5_000)
      .refine(
        (text) => text === '' || keyWord.test(text),
        'write a fingerprint such as SHA256:… or the public key itself',
      )
      .default(''),
    folder: z
      .string()
      .trim()
      .max(500)
      .refine((text) => !text.split('/').includes('..') && !/\p{Cc}/u.test(text), 'write a path without ".."')
      .default(''),
    removeFirst: z.boolean().default(false),
  })
  // A secret that is not needed may be empty, and one that is kept elsewhere is.
  .superRefine(({ auth, password }, { addIssue }) => {
    if (auth === 'password' && password === '')
      addIssue({ code: 'custom', path: ['password'], message: 'write the password of that user' });
  });
export type SftpSettings = z.output<typeof settingsSchema>;

const byKey = { name: 'auth', is: ['key'] } as const;

export const definition: ConnectorDefinition<SftpSettings> = {
  kind: 'sftp',
  label: 'SFTP',
  description: 'Files on a server that is reached by SSH.',
  icon: 'IconServer2',
  capabilities: ['files'],
  settings: settingsSchema,
  defaults: {
    host: '',
    port: 22,
    user: '',
    auth: 'password',
    password: '',
    privateKey: '',
    passphrase: '',
    hostKey: '',
    folder: '',
    removeFirst: false,
  },
  form: [
    { kind: 'text', name: 'host', label: 'Host', placeholder: 'files.example.org' },
    { kind: 'number', name: 'port', label: 'Port', min: 1, max: 65_535 },
    { kind: 'text', name: 'user', label: 'User' },
    {
      kind: 'choice',
      name: 'auth',
      label: 'Signs in by',
      display: 'segments',
      choices: [
        { value: 'password', label: 'Password' },
        { value: 'key', label: 'Key' },
      ],
    },
    {
      kind: 'secret',
      name: 'password',
      label: 'Password',
      hint: 'It is kept encrypted and never shown again.',
      when: { name: 'auth', is: ['password'] },
    },
    {
      kind: 'secret',
      name: 'privateKey',
      label: 'Private key',
      placeholder: '-----BEGIN OPENSSH PRIVATE KEY-----',
      hint: 'The server knows the public half. It is kept encrypted and never shown again.',
      when: byKey,
    },
    {
      kind: 'secret',
      name: 'passphrase',
      label: 'Passphrase of the key',
      hint: 'Empty: the key has none.',
      optional: true,
      when: byKey,
    },
    {
      kind: 'text',
      name: 'hostKey',
      label: 'Host key',
      placeholder: 'SHA256:…',
      hint: 'By which the server proves that it is the right one. Leave it empty and verify the connection: what the server shows is named then, for you to compare with what its owner tells you. Several are parted by spaces.',
      optional: true,
    },
    {
      kind: 'text',
      name: 'folder',
      label: 'Folder',
      placeholder: '/Import',
      hint: 'Paths of nodes lie below it. Empty: where the user arrives.',
      optional: true,
    },
    {
      kind: 'switch',
      name: 'removeFirst',
      label: 'Remove the old file first where the server cannot replace it',
      hint: 'For a moment there is no file of that name. Most servers can replace one in a single step, and then this is not used.',
    },
  ],
  secrets: ['password', 'privateKey', 'passphrase'],
  guide: {
    title: 'Make sure that it is the right server',
    steps: [
      'Save the connection without a host key and verify it: it names the key that the server shows, and nothing is sent.',
      'Ask the owner of the server for the fingerprint of its host key, by another way than this network. The owner finds it by this command.',
      { text: 'On the server:', copy: ['ssh-keygen -l -f /etc/ssh/ssh_host_ed25519_key.pub'] },
      'If both are the same, copy it into Host key and verify again. When the key changes later, the connection refuses and names both.',
    ],
  },
};
