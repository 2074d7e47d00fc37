/** A connection as stored: settings in clear, secrets sealed. */
export interface ConnectionRow {
  name: string;
  kind: string;
  label: string;
  settings: string;
  secrets: string;
  verified: string | null;
  updated_at: string;
  updated_by: string;
}
