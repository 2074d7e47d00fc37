/** All tables of the environment, as far as columns of others refer to them. */
import type { RemoteObject } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { Session } from './session.ts';

export interface TableName {
  /** The logical name. */
  name: string;
  /** As it stands in addresses. */
  setName: string;
  primaryId: string;
  primaryName: string | null;
  /** Its rows are written in one transaction. Rows of elastic tables are not: a message for many may write some and refuse others. */
  isStandard: boolean;
}

export interface Tables {
  objects: RemoteObject[];
  byName: ReadonlyMap<string, TableName>;
}

interface WireTable {
  LogicalName: string;
  DisplayName: Labelled;
  EntitySetName: string | null;
  PrimaryIdAttribute: string | null;
  PrimaryNameAttribute: string | null;
  TableType: string | null;
  IsCustomEntity: boolean;
  IsPrivate: boolean;
  IsIntersect: boolean;
  ChangeTrackingEnabled: boolean;
  Privileges: { PrivilegeType: string }[] | null;
}

export type Labelled = { UserLocalizedLabel: { Label: string } | null } | null;

export const labelOf = (labelled: Labelled, otherwise: string): string =>
  labelled?.UserLocalizedLabel?.Label || otherwise;

const columns =
  'LogicalName,DisplayName,EntitySetName,PrimaryIdAttribute,PrimaryNameAttribute,TableType,IsCustomEntity,IsPrivate,IsIntersect,ChangeTrackingEnabled,Privileges';

export async function readTables(session: Session): Promise<Tables> {
  const all = await session.page(
    `EntityDefinitions?$select=${columns}`,
    {},
    (text) => (JSON.parse(text) as { value: WireTable[] }).value,
  );
  const restorable = await readRestorable(session);
  const shown = all.filter(
    (table) => table.EntitySetName && table.PrimaryIdAttribute && !table.IsPrivate && !table.IsIntersect,
  );
  return {
    objects: shown.map((table) => toObject(table, restorable)),
    byName: new Map(shown.map((table) => [table.LogicalName, toName(table)])),
  };
}

const toName = (table: WireTable): TableName => ({
  name: table.LogicalName,
  setName: table.EntitySetName ?? '',
  primaryId: table.PrimaryIdAttribute ?? '',
  primaryName: table.PrimaryNameAttribute || null,
  isStandard: table.TableType === 'Standard',
});

function toObject(table: WireTable, restorable: ReadonlySet<string>): RemoteObject {
  const may = (type: string): boolean => (table.Privileges ?? []).some(({ PrivilegeType }) => PrivilegeType === type);
  return {
    name: table.LogicalName,
    label: labelOf(table.DisplayName, table.LogicalName),
    queryable: true,
    custom: table.IsCustomEntity,
    createable: may('Create'),
    updateable: may('Write'),
    deletable: may('Delete'),
    undeletable: restorable.has(table.LogicalName),
    tracksDeletions: table.ChangeTrackingEnabled,
    tracksChanges: table.ChangeTrackingEnabled,
  };
}

interface WireBin {
  extensionofrecordid: { logicalname: string } | null;
}

/** Tables with a recycle bin. Environments without one do not know the table that says so, and not every role may read it. */
async function readRestorable(session: Session): Promise<Set<string>> {
  const filter = encodeURIComponent('statecode eq 0 and isreadyforrecyclebin eq true');
  const path = `recyclebinconfigs?$select=name&$filter=${filter}&$expand=extensionofrecordid($select=logicalname)`;
  try {
    const rows = await session.page(path, {}, (text) => (JSON.parse(text) as { value: WireBin[] }).value);
    return new Set(rows.flatMap(({ extensionofrecordid: table }) => table?.logicalname ?? []));
  } catch (error) {
    if (!(error instanceof UserError) || error.code === 'CONNECTION_REFUSED') throw error;
    return new Set();
  }
}
