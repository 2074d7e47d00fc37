import { createHash } from 'node:crypto';

const SCOPES = [
  'data_extensions_read',
  'data_extensions_write',
  'automations_read',
  'automations_write',
  'automations_execute',
  'file_locations_read',
  'file_locations_write',
  'offline',
];

/** The installed package with its API integration, by which clients sign in. */
export class InstalledPackage {
  readonly clientId: string;
  readonly clientSecret: string;
  /** What it may do; an administrator can take some away. */
  scopes: readonly string[] = SCOPES;

  constructor(seed: number) {
    this.clientId = word(`client ${seed}`);
    this.clientSecret = word(`secret ${seed}`);
  }
}

function word(text: string): string {
  const bytes = createHash('sha256').update(text).digest();
  return [...bytes.subarray(0, 24)].map((byte) => (byte % 36).toString(36)).join('');
}
