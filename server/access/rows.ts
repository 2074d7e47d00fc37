import type { Role } from '../../contract/api.ts';

/** A user as stored. */
export interface UserRow {
  name: string;
  role: Role;
  password_hash: string | null;
  disabled: boolean | number;
  created_at: string;
  last_seen_at: string | null;
}
