/** A business unit of the organisation, or the enterprise above them. */
export interface Account {
  /** What people call the MID. */
  id: number;
  name: string;
  parentId: number | null;
}

const FIRST_ID = 510_000_100;

/** The enterprise and two business units. */
export const ACCOUNTS: readonly Account[] = [
  { id: FIRST_ID, name: 'Demo Enterprise', parentId: null },
  { id: FIRST_ID + 2, name: 'Europe', parentId: FIRST_ID },
  { id: FIRST_ID + 3, name: 'America', parentId: FIRST_ID },
];

export const ENTERPRISE = ACCOUNTS[0]!;
/** Where the package is installed: who names no account acts here. */
export const HOME = ACCOUNTS[1]!;
export const AMERICA = ACCOUNTS[2]!;
