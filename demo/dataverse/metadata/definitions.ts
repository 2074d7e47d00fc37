import { type Call, serviceRoot } from '../call.ts';
import { badRequest, noProperty, noSegment, ODataError } from '../errors.ts';
import { parseFilter } from '../odata/filter.ts';
import { splitOutside } from '../odata/shape.ts';
import { odata, type Reply } from '../reply.ts';
import { readKeyText, type Segment } from '../rest/address.ts';
import { notAllowed } from '../rest/properties.ts';
import { CRM } from './attributes.ts';
import { entityDefinitions, globalOptionSets, oneToMany } from './entities.ts';
import { holds } from './holds.ts';

type Json = Record<string, unknown>;

const SETS: Record<string, (call: Call) => Json[]> = {
  EntityDefinitions: ({ org }) => entityDefinitions(org),
  RelationshipDefinitions: ({ org }) => oneToMany(org),
  GlobalOptionSetDefinitions: ({ org }) => globalOptionSets(org),
};

/** What one piece holds only where it is expanded. */
const NAVIGATIONS = [
  'Attributes',
  'Keys',
  'ManyToOneRelationships',
  'OneToManyRelationships',
  'ManyToManyRelationships',
  'OptionSet',
  'GlobalOptionSet',
];

/** Metadata: a set, one of it by id or name, and what lies behind that. It is read only. */
export function answerDefinitions(call: Call, segments: readonly Segment[]): Reply {
  if (call.method !== 'GET') throw notAllowed(call);
  const path = segments.map(({ name, key }) => (key === null ? name : `${name}(${key})`)).join('/');
  const context = `${serviceRoot(call)}$metadata#${path}`;
  const [first, ...rest] = segments;
  const found = walk(SETS[first?.name ?? '']?.(call) ?? [], first?.key ?? null, rest);
  if (Array.isArray(found))
    return odata({ '@odata.context': context, value: listed(call, found).map((one) => shown(one, call.query)) });
  return odata({ '@odata.context': `${context}/$entity`, ...shown(found, call.query) });
}

function walk(all: Json[], key: string | null, rest: readonly Segment[]): Json | Json[] {
  const [next, ...more] = rest;
  if (key === null) {
    if (next === undefined) return all;
    // A cast to one type of column leaves only those.
    if (next.name.startsWith(CRM)) return walk(ofType(all, next.name), next.key, more);
    throw noSegment(next.name);
  }
  const one = find(all, key);
  if (next === undefined) return one;
  if (next.name.startsWith(CRM)) return walk([one], key, more);
  const inner = one[next.name];
  if (Array.isArray(inner)) return walk(inner as Json[], next.key, more);
  if (NAVIGATIONS.includes(next.name) && typeof inner === 'object' && inner !== null) return inner as Json;
  throw noSegment(next.name);
}

function ofType(all: readonly Json[], name: string): Json[] {
  if (name === `${CRM}EnumAttributeMetadata`) throw badRequest('0x80060888', `The type '${name}' cannot be cast to.`);
  return all.filter((one) => one['@odata.type'] === undefined || one['@odata.type'] === `#${name}`);
}

function find(all: readonly Json[], key: string): Json {
  const parts = readKeyText(key);
  const one = all.find((candidate) =>
    [...parts].every(
      ([name, value]) => String(candidate[name === '' ? 'MetadataId' : name]) === value.replaceAll("'", ''),
    ),
  );
  if (one === undefined)
    throw new ODataError(404, '0x80060891', `Could not find an entity with name ${key} and namespace.`);
  return one;
}

function listed({ query }: Call, all: readonly Json[]): Json[] {
  const filter = query.get('$filter');
  const parsed = filter === undefined ? null : parseFilter(filter, query);
  return all.filter((one) => parsed === null || holds(parsed, one));
}

/** The id is always there; what lies behind is there only when it is expanded. */
function shown(one: Json, query: ReadonlyMap<string, string>): Json {
  const select = (query.get('$select') ?? '').split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
  const unknown = select.find((name) => !(name in one));
  if (unknown !== undefined && one['@odata.type'] === undefined) throw noProperty(unknown, 'EntityMetadata');
  const expands = new Map(
    splitOutside(query.get('$expand') ?? '', ',').map((item) => {
      const [, name = '', inner = ''] = /^(\w+)(?:\(([\s\S]*)\))?$/.exec(item.trim()) ?? [];
      return [name, inner] as const;
    }),
  );
  const entries = Object.entries(one).filter(
    ([name]) =>
      !NAVIGATIONS.includes(name) &&
      (select.length === 0 || select.includes(name) || name === 'MetadataId' || name === '@odata.type'),
  );
  const expanded = [...expands].map(([name, inner]) => [name, shownInner(one, name, inner)] as const);
  return Object.fromEntries([...entries, ...expanded]);
}

function shownInner(one: Json, name: string, inner: string): unknown {
  if (!NAVIGATIONS.includes(name)) throw noProperty(name, 'EntityMetadata');
  const query = new Map(
    splitOutside(inner, ';').map((part) => [
      part.slice(0, part.indexOf('=')).trim(),
      part.slice(part.indexOf('=') + 1),
    ]),
  );
  const value = one[name];
  const filter = query.get('$filter');
  const parsed = filter === undefined ? null : parseFilter(filter, query);
  if (Array.isArray(value))
    return (value as Json[]).filter((item) => parsed === null || holds(parsed, item)).map((item) => shown(item, query));
  return value === null || value === undefined ? null : shown(value as Json, query);
}
