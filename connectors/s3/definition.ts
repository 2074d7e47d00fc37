import { z } from 'zod';
import type { ConnectorDefinition } from '../../contract/connector.ts';
import { guide } from './guide.ts';

const address = /^https?:\/\/[^/\s?#@]+\/?$/;

const shape = z.strictObject({
  bucket: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/, 'write the name of a bucket'),
  region: z
    .string()
    .trim()
    .regex(/^[a-z0-9-]{2,40}$/, 'write a region such as eu-central-1')
    .default('us-east-1'),
  folder: z
    .string()
    .trim()
    .max(500)
    .refine(
      (text) => !/(^|\/)\.{1,2}(\/|$)|\/\/|\p{Cc}/u.test(text.replace(/^\/|\/$/g, '')),
      'write a path without ".."',
    )
    .default(''),
  /** Whose rights are used: keys, what this machine has, or a role that either of them may assume. */
  auth: z.enum(['keys', 'chain', 'role']).default('keys'),
  /** Who assumes the role. */
  base: z.enum(['keys', 'chain']).default('keys'),
  accessKeyId: z.string().trim().max(200).default(''),
  secretAccessKey: z.string().trim().max(500).default(''),
  sessionToken: z.string().trim().max(5_000).default(''),
  roleArn: z.string().trim().max(2_048).default(''),
  externalId: z
    .string()
    .trim()
    .max(1_224)
    .regex(/^[\w+=,.@:/-]*$/, 'use letters, digits and + = , . @ : / - only')
    .default(''),
  /** For the trust policy: who we are at AWS. */
  principal: z.string().trim().max(2_048).default(''),
  useEndpoint: z.boolean().default(false),
  endpoint: z.string().trim().max(500).default(''),
  stsEndpoint: z.string().trim().max(500).default(''),
  pathStyle: z.boolean().default(true),
  encryption: z.enum(['bucket', 's3', 'kms']).default('bucket'),
  kmsKey: z.string().trim().max(2_048).default(''),
  checksums: z.enum(['always', 'required']).default('always'),
});
export type S3Settings = z.output<typeof shape>;

/** Each way to sign in needs settings of its own; a secret may be empty, since one that is kept elsewhere is. */
const settingsSchema = shape.superRefine((settings, { addIssue }) => {
  for (const [name, message] of missing(settings)) addIssue({ code: 'custom', path: [name], message });
});

function missing(settings: S3Settings): [keyof S3Settings, string][] {
  const { accessKeyId, roleArn, externalId, endpoint, stsEndpoint, useEndpoint } = settings;
  const withKeys = settings.auth === 'keys' || (settings.auth === 'role' && settings.base === 'keys');
  const found: [boolean, keyof S3Settings, string][] = [
    [withKeys && accessKeyId === '', 'accessKeyId', 'copy the access key id'],
    [withKeys && settings.secretAccessKey === '', 'secretAccessKey', 'copy the secret access key'],
    [
      settings.auth === 'role' && roleArn !== '' && !/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(roleArn),
      'roleArn',
      'write an ARN such as arn:aws:iam::123456789012:role/syncline',
    ],
    [settings.auth === 'role' && externalId.length === 1, 'externalId', 'use at least two characters'],
    [useEndpoint && !address.test(endpoint), 'endpoint', 'write an address such as https://s3.example.org'],
    [
      useEndpoint && stsEndpoint !== '' && !address.test(stsEndpoint),
      'stsEndpoint',
      'write an address such as https://sts.example.org',
    ],
  ];
  return found.filter(([wrong]) => wrong).map(([, name, message]) => [name, message]);
}

const byRole = { name: 'auth', is: ['role'] } as const;
const keys = [
  { name: 'auth', is: ['keys'] },
  { name: 'base', is: ['keys'], and: byRole },
] as const;
const own = { name: 'useEndpoint', is: [true] } as const;

const keyFields = keys.flatMap((when) => [
  { kind: 'text', name: 'accessKeyId', label: 'Access key id', when } as const,
  {
    kind: 'secret',
    name: 'secretAccessKey',
    label: 'Secret access key',
    hint: 'It is kept encrypted and never shown again.',
    when,
  } as const,
]);

export const definition: ConnectorDefinition<S3Settings> = {
  kind: 's3',
  label: 'Amazon S3',
  description: 'Files in a bucket of Amazon S3, or of a store that speaks its language.',
  icon: 'IconBucket',
  capabilities: ['files'],
  settings: settingsSchema,
  defaults: {
    bucket: '',
    region: 'us-east-1',
    folder: '',
    auth: 'keys',
    base: 'keys',
    accessKeyId: '',
    secretAccessKey: '',
    sessionToken: '',
    roleArn: '',
    externalId: '',
    principal: '',
    useEndpoint: false,
    endpoint: '',
    stsEndpoint: '',
    pathStyle: true,
    encryption: 'bucket',
    kmsKey: '',
    checksums: 'always',
  },
  form: [
    { kind: 'text', name: 'bucket', label: 'Bucket' },
    { kind: 'text', name: 'region', label: 'Region', placeholder: 'eu-central-1' },
    {
      kind: 'text',
      name: 'folder',
      label: 'Folder',
      hint: 'Paths of nodes lie below it. Empty: the whole bucket.',
      optional: true,
    },
    {
      kind: 'choice',
      name: 'auth',
      label: 'Signs in by',
      display: 'segments',
      choices: [
        { value: 'keys', label: 'Keys' },
        {
          value: 'chain',
          label: 'This machine',
          hint: 'By what the machine was given: profile, variables or its role at AWS.',
        },
        { value: 'role', label: 'Role', hint: 'By a role that the owner of the bucket lets us assume.' },
      ],
    },
    {
      kind: 'choice',
      name: 'base',
      label: 'Assumed by',
      display: 'segments',
      choices: [
        { value: 'keys', label: 'Keys' },
        { value: 'chain', label: 'This machine' },
      ],
      when: byRole,
    },
    ...keyFields,
    {
      kind: 'secret',
      name: 'sessionToken',
      label: 'Session token',
      hint: 'Of keys that end after some time only.',
      optional: true,
      when: { name: 'auth', is: ['keys'] },
    },
    {
      kind: 'text',
      name: 'roleArn',
      label: 'Role',
      placeholder: 'arn:aws:iam::123456789012:role/syncline',
      when: byRole,
    },
    {
      kind: 'text',
      name: 'externalId',
      label: 'External id',
      hint: 'The trust policy of the role asks for it, so that nobody else can have us assume it. Left empty, one is made when the connection is verified.',
      optional: true,
      when: byRole,
    },
    {
      kind: 'text',
      name: 'principal',
      label: 'Our principal',
      placeholder: 'arn:aws:iam::210987654321:user/syncline',
      hint: 'Who we are at AWS, for the trust policy. Left empty, it is filled in when the connection is verified.',
      optional: true,
      when: byRole,
    },
    { kind: 'switch', name: 'useEndpoint', label: 'Another store than Amazon’s' },
    { kind: 'text', name: 'endpoint', label: 'Address', placeholder: 'https://s3.example.org', when: own },
    {
      kind: 'text',
      name: 'stsEndpoint',
      label: 'Address for roles (STS)',
      optional: true,
      when: { ...own, and: byRole },
    },
    {
      kind: 'switch',
      name: 'pathStyle',
      label: 'The bucket stands in the path',
      hint: 'As most other stores want it. Off: it stands in front of the name of the host.',
      when: own,
    },
    {
      kind: 'choice',
      name: 'checksums',
      label: 'Checksums',
      display: 'segments',
      choices: [
        { value: 'always', label: 'Always', hint: 'Each part is sent with a CRC32 that the store checks.' },
        {
          value: 'required',
          label: 'Where required',
          hint: 'For stores that do not know them, such as Ceph before version 18.',
        },
      ],
      when: own,
    },
    {
      kind: 'choice',
      name: 'encryption',
      label: 'Encryption at rest',
      display: 'segments',
      choices: [
        { value: 'bucket', label: 'As the bucket says' },
        { value: 's3', label: 'Keys of S3' },
        { value: 'kms', label: 'KMS', hint: 'The user or role needs kms:GenerateDataKey too.' },
      ],
    },
    {
      kind: 'text',
      name: 'kmsKey',
      label: 'Key of KMS',
      hint: 'Empty: the one of the account.',
      optional: true,
      when: { name: 'encryption', is: ['kms'] },
    },
  ],
  secrets: ['secretAccessKey', 'sessionToken'],
  guide,
};
