import { z } from 'zod';
import type { ConnectorDefinition } from '../../contract/connector.ts';

const settingsSchema = z.strictObject({
  host: z
    .string()
    .trim()
    .regex(/^[^\s/:@]+$/, 'write the name of the mail server, such as smtp.example.org'),
  port: z.number().int().min(1, 'write a port from 1 to 65535').max(65_535, 'write a port from 1 to 65535'),
  security: z.enum(['starttls', 'tls', 'none']),
  user: z.string().trim().max(320).default(''),
  password: z.string().max(1_000).default(''),
  from: z
    .string()
    .trim()
    .regex(/^([^<>\r\n]*<[^\s@<>]+@[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+)$/, 'write an address such as syncline@example.org'),
});
export type SmtpSettings = z.output<typeof settingsSchema>;

export const definition: ConnectorDefinition<SmtpSettings> = {
  kind: 'smtp',
  label: 'E-mail (SMTP)',
  description: 'A mail server that takes messages for anybody.',
  icon: 'IconMail',
  capabilities: ['mail'],
  settings: settingsSchema,
  defaults: { host: '', port: 587, security: 'starttls', user: '', password: '', from: '' },
  form: [
    { kind: 'text', name: 'host', label: 'Mail server', placeholder: 'smtp.example.org' },
    {
      kind: 'number',
      name: 'port',
      label: 'Port',
      min: 1,
      max: 65_535,
      hint: 'Usually 587 with STARTTLS, 465 with TLS from the start.',
    },
    {
      kind: 'choice',
      name: 'security',
      label: 'Security',
      display: 'segments',
      choices: [
        {
          value: 'starttls',
          label: 'STARTTLS',
          hint: 'Begins in clear and must become encrypted before anything is said.',
        },
        { value: 'tls', label: 'TLS', hint: 'Encrypted from the first byte.' },
        {
          value: 'none',
          label: 'None',
          hint: 'Everything travels in clear, the password too: for a server on this machine.',
        },
      ],
    },
    { kind: 'text', name: 'user', label: 'User', hint: 'Empty: the server asks for none.', optional: true },
    {
      kind: 'secret',
      name: 'password',
      label: 'Password',
      hint: 'It is kept encrypted and never shown again.',
      optional: true,
    },
    { kind: 'text', name: 'from', label: 'From', placeholder: 'Syncline <syncline@example.org>' },
  ],
  secrets: ['password'],
};
