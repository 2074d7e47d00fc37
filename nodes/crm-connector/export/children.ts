/** What would be deleted with a record, since it belongs to it. */
import type { CrmClient, RemoteObjectDetails } from '../../../contract/connector.ts';

/** In words, by the id of the record: "2 of Contact, 1 of Task". Records without any are left out. */
export async function findChildren(
  client: CrmClient,
  { children = [], idField }: RemoteObjectDetails,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const texts = new Map<string, string[]>();
  if (ids.length === 0 || children.length === 0) return new Map();
  const known = new Map((await client.objects()).map((object) => [object.name, object]));
  for (const { object, field } of children) {
    const child = known.get(object);
    // What nobody can create is the CRM's own, kept beside the record.
    if (!child?.queryable || !child.createable) continue;
    const counts = await countByParent(client, { object, field, idField }, ids);
    for (const [id, count] of counts) texts.set(id, [...(texts.get(id) ?? []), `${count} of ${child.label}`]);
  }
  return new Map([...texts].map(([id, parts]) => [id, parts.join(', ')]));
}

async function countByParent(
  client: CrmClient,
  { object, field, idField }: { object: string; field: string; idField: string },
  ids: readonly string[],
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const query = { object, fields: [idField, field] };
  for await (const page of client.readByKey(query, field, ids))
    for (const [, parent = null] of page.rows) counts.set(String(parent), (counts.get(String(parent)) ?? 0) + 1);
  return counts;
}
