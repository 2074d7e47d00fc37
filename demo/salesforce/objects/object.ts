import type { World } from '../generated/world.ts';
import { type Field, field, READ_ONLY, type Value } from './field.ts';

/** An object of the organisation: its fields, and what describe says of it. */
export interface ObjectDefinition {
  name: string;
  label: string;
  labelPlural: string;
  prefix: string;
  createable: boolean;
  updateable: boolean;
  deletable: boolean;
  /** Whether `updated` and `deleted` answer for it; otherwise what can be deleted can be replicated. */
  replicateable?: boolean;
  /** False for an object that the Bulk API refuses. */
  bulk?: boolean;
  /** Fields of which a query must name values of one: the object is too large to be read without. */
  filterNeeded?: readonly string[];
  /** Generated rows that only queryAll finds, as old activities are. */
  isArchived?: (row: number) => boolean;
  fields: Field[];
  /** Fills in what follows from the values a client writes. */
  complete?: (values: Record<string, Value>) => void;
  /** Refuses a write that the object's own rules forbid, with a status code and a message. */
  guard?: (read: (name: string) => Value) => { statusCode: string; message: string } | null;
}

/** The fields every record begins with. */
export function identityFields(world: World, object: string, label: string): Field[] {
  const { idOf } = world.population(object);
  const id = field('Id', `${label} ID`, 'id', { ...READ_ONLY, length: 18, nillable: false, idLookup: true });
  const deleted = field('IsDeleted', 'Deleted', 'boolean', READ_ONLY);
  return [
    { ...id, defaultedOnCreate: true, generate: idOf },
    { ...deleted, defaultedOnCreate: true, generate: (row) => world.population(object).isDeleted(row) },
  ];
}

/** The stamps every record ends with. */
export function stampFields(world: World, object: string): Field[] {
  const history = world.history(object);
  const users = world.population('User');
  const draw = world.draw(`${object} author`);
  const author = (row: number): string => users.idOf(users.liveRow(draw(row) % users.live));
  const settings = { ...READ_ONLY, nillable: false, defaultedOnCreate: true };
  return [
    field('CreatedDate', 'Created Date', 'datetime', { ...settings, generate: (row) => history.at(row).created }),
    userReference('CreatedById', 'Created By ID', 'CreatedBy', { ...settings, generate: author }),
    field('LastModifiedDate', 'Last Modified Date', 'datetime', {
      ...settings,
      generate: (row) => history.at(row).modified,
    }),
    userReference('LastModifiedById', 'Last Modified By ID', 'LastModifiedBy', { ...settings, generate: author }),
    field('SystemModstamp', 'System Modstamp', 'datetime', { ...settings, generate: (row) => history.at(row).stamped }),
  ];
}

/** What the organisation notes when somebody looks at a record: the demo never looks. */
export function viewFields(): Field[] {
  return [
    field('LastActivityDate', 'Last Activity', 'date', READ_ONLY),
    field('LastViewedDate', 'Last Viewed Date', 'datetime', READ_ONLY),
    field('LastReferencedDate', 'Last Referenced Date', 'datetime', READ_ONLY),
  ];
}

function userReference(name: string, label: string, relationshipName: string, settings: Partial<Field>): Field {
  return field(name, label, 'reference', {
    length: 18,
    referenceTo: 'User',
    relationshipName,
    indexed: false,
    ...settings,
  });
}

/** The owner of a record: the running user when none is named. */
export function ownerField(world: World, object: string): Field {
  const users = world.population('User');
  const draw = world.draw(`${object} owner`);
  const generate = (row: number): string => users.idOf(users.liveRow(draw(row) % users.live));
  return userReference('OwnerId', 'Owner ID', 'Owner', { nillable: false, defaultedOnCreate: true, generate });
}

/** The keys other systems know a record by: a unique one, and an older one that is not unique. */
export function keyFields(world: World, object: string, letter: string): Field[] {
  const draw = world.draw(`${object} key`);
  return [
    field('External_Id__c', 'External Id', 'string', {
      length: 80,
      externalId: true,
      unique: true,
      generate: (row) => (draw(row) % 1000 < 30 ? null : `${letter}-${String(row + 1).padStart(8, '0')}`),
    }),
    field('Legacy_Id__c', 'Legacy Id', 'string', {
      length: 40,
      externalId: true,
      generate: (row) => legacyId(letter, row, draw(row)),
    }),
  ];
}

function legacyId(letter: string, row: number, lot: number): string | null {
  if (lot % 100 < 40) return null;
  return `${letter}${1000 + (lot % 100 < 46 ? lot % (row + 1) : row)}`;
}

/** An object that an administrator or a package made: what all of them have, and fields of its own. */
export function customObject(
  world: World,
  named: { name: string; label: string; labelPlural: string },
  numberPrefix: string,
  fields: Field[],
): ObjectDefinition {
  const { name } = named;
  const number = (row: number): string => `${numberPrefix}-${String(row + 1).padStart(6, '0')}`;
  return {
    ...named,
    prefix: world.population(name).prefix,
    createable: true,
    updateable: true,
    deletable: true,
    fields: [
      ...identityFields(world, name, 'Record'),
      field('Name', `${named.label} Number`, 'string', {
        length: 80,
        autoNumber: true,
        nameField: true,
        nillable: false,
        defaultedOnCreate: true,
        idLookup: true,
        indexed: true,
        generate: number,
      }),
      ownerField(world, name),
      ...stampFields(world, name),
      ...fields,
    ],
  };
}
