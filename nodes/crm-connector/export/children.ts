/** What would be deleted with a record, since it belongs to it. */
import type { CrmClient, RemoteObject, RemoteObjectDetails } from '../../../contract/connector.ts';
import { UserError } from '../../../contract/errors.ts';
import { idField } from '../config.ts';

/** By the id of a record, in words: "2 of Contact, 1 of Task". Records without any are left out. */
export type FindChildren = (ids: readonly string[]) => Promise<Map<string, string>>;

interface Child {
  object: RemoteObject;
  field: string;
}

/** `warn` is told of objects that this user cannot ask: whether anything of theirs would go, nobody knows. */
export function childFinder(
  client: CrmClient,
  details: RemoteObjectDetails,
  warn: (message: string) => void,
): FindChildren {
  let asked: Promise<Child[]> | null = null;
  return async (ids) => {
    if (ids.length === 0) return new Map();
    asked ??= childrenOf(client, details, warn);
    const texts = new Map<string, string[]>();
    for (const { object, field } of await asked)
      for (const [id, count] of await countByParent(client, { object: object.name, field }, ids))
        texts.set(id, [...(texts.get(id) ?? []), `${count} of ${object.label}`]);
    return new Map([...texts].map(([id, parts]) => [id, parts.join(', ')]));
  };
}

/** Those of which there are any records at all: most objects that could have some have none. */
async function childrenOf(
  client: CrmClient,
  { children = [] }: RemoteObjectDetails,
  warn: (message: string) => void,
): Promise<Child[]> {
  const known = new Map((await client.objects()).map((object) => [object.name, object]));
  const found: Child[] = [];
  for (const { object: name, field } of children) {
    const object = known.get(name);
    // What nobody can create is the CRM's own, kept beside the record.
    if (!object?.queryable || !object.createable) continue;
    try {
      if (await hasRecords(client, { object: name, field })) found.push({ object, field });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      warn(`Whether records of ${object.label} would be deleted along could not be asked: ${error.message}`);
    }
  }
  return found;
}

const queryOf = ({ object, field }: { object: string; field: string }) => ({ object, fields: [idField, field] });

async function hasRecords(client: CrmClient, child: { object: string; field: string }): Promise<boolean> {
  const filter = { kind: 'condition', field: child.field, operator: 'isNotEmpty', value: null } as const;
  for await (const { rows } of client.read({ ...queryOf(child), filter, limit: 1, via: 'rest' })) {
    if (rows.length > 0) return true;
  }
  return false;
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
