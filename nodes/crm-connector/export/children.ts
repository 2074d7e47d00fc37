/** What would be deleted with a record, since it belongs to it. */
import type { CrmClient, RemoteObject, RemoteObjectDetails } from '../../../contract/connector.ts';
import { UserError } from '../../../contract/errors.ts';
import type { RejectReason } from '../../kit/rejects.ts';
import { ownReason } from '../../kit/rejects.ts';
import { idField } from '../config.ts';

/** Why a record must not be deleted, by its id: "2 of Contact, 1 of Task" would go, or nobody knows. Records without any are left out. */
export type FindChildren = (ids: readonly string[]) => Promise<Map<string, RejectReason>>;

interface Child {
  object: RemoteObject;
  field: string;
  /** The CRM does not say whether there are any at all, and may not say it of chosen parents either. */
  isUnsure: boolean;
}

interface Children {
  asked: Child[];
  /** Objects of which it is not known whether anything of theirs would go. */
  unknown: string[];
}

/** `warn` is told of objects that this user cannot ask: whether anything of theirs would go, nobody knows. */
export function childFinder(
  client: CrmClient,
  details: RemoteObjectDetails,
  warn: (message: string) => void,
): FindChildren {
  let children: Promise<Children> | null = null;
  return async (ids) => {
    if (ids.length === 0) return new Map();
    children ??= childrenOf(client, details);
    const { asked, unknown: unasked } = await children;
    const unknown = [...unasked];
    const texts = new Map<string, string[]>();
    for (const child of asked) {
      const counts = await countOf(client, child, ids, warn);
      if (counts === null) unknown.push(child.object.label);
      for (const [id, count] of counts ?? [])
        texts.set(id, [...(texts.get(id) ?? []), `${count} of ${child.object.label}`]);
    }
    return new Map([
      ...(unknown.length === 0 ? [] : ids.map((id) => [id, unknownReason(unknown)] as const)),
      ...[...texts].map(([id, parts]) => [id, ownReason('CHILDREN_WOULD_GO', { children: parts.join(', ') })] as const),
    ]);
  };
}

const unknownReason = (objects: readonly string[]): RejectReason =>
  ownReason('CHILDREN_UNKNOWN', { objects: objects.join(', ') });

/** Those of which there are any records at all: most objects that could have some have none. */
async function childrenOf(client: CrmClient, { children = [] }: RemoteObjectDetails): Promise<Children> {
  const known = new Map((await client.objects()).map((object) => [object.name, object]));
  const asked: Child[] = [];
  const unknown = new Set<string>();
  for (const { object: name, field } of children) {
    const object = known.get(name);
    // What nobody can create is the CRM's own, kept beside the record.
    if (object && !object.createable) continue;
    if (!object?.queryable) {
      unknown.add(object?.label ?? name);
      continue;
    }
    try {
      if (await hasRecords(client, { object: name, field })) asked.push({ object, field, isUnsure: false });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      // Links to files, for one, are told of chosen parents only.
      asked.push({ object, field, isUnsure: true });
    }
  }
  return { asked, unknown: [...unknown] };
}

const queryOf = ({ object, field }: { object: string; field: string }) => ({ object, fields: [idField, field] });

async function hasRecords(client: CrmClient, child: { object: string; field: string }): Promise<boolean> {
  const filter = { kind: 'condition', field: child.field, operator: 'isNotEmpty', value: null } as const;
  for await (const { rows } of client.read({ ...queryOf(child), filter, limit: 1, via: 'rest' })) {
    if (rows.length > 0) return true;
  }
  return false;
}

/** null: the CRM does not say. */
async function countOf(
  client: CrmClient,
  { object, field, isUnsure }: Child,
  ids: readonly string[],
  warn: (message: string) => void,
): Promise<Map<string, number> | null> {
  try {
    return await countByParent(client, { object: object.name, field }, ids);
  } catch (error) {
    if (!isUnsure || !(error instanceof UserError)) throw error;
    warn(`Whether records of ${object.label} would be deleted along could not be asked: ${error.message}`);
    return null;
  }
}

async function countByParent(
  client: CrmClient,
  child: { object: string; field: string },
  ids: readonly string[],
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for await (const page of client.readByKey(queryOf(child), child.field, ids))
    for (const [, parent = null] of page.rows) counts.set(String(parent), (counts.get(String(parent)) ?? 0) + 1);
  return counts;
}
