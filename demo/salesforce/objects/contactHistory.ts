import { mix, pick } from '../../kit/random.ts';
import type { World } from '../generated/world.ts';
import { field, READ_ONLY, type Value } from './field.ts';
import * as make from './fields.ts';
import { identityFields, type ObjectDefinition, stampFields } from './object.ts';

const TRACKED: Record<string, string[]> = {
  Title: ['Engineer', 'CEO', 'Responsable achats'],
  Email: ['old@example.com', 'new@example.com'],
  LastName: ['Müller', 'Mueller', 'Schmidt'],
};

/** Which field of a contact was changed from what to what. A row is never changed: it has a CreatedDate only. */
export function contactHistory(world: World): ObjectDefinition {
  const draw = world.draw('ContactHistory');
  const names = Object.keys(TRACKED);
  const tracked = (row: number): string => pick(names, draw(row));
  const value =
    (purpose: number) =>
    (row: number): Value =>
      pick(TRACKED[tracked(row)]!, mix(draw(row), purpose));
  const anyType = (name: string, label: string, generate: (row: number) => Value) =>
    field(name, label, 'anyType', { ...READ_ONLY, length: 255, filterable: false, sortable: false, generate });
  return {
    name: 'ContactHistory',
    label: 'Contact History',
    labelPlural: 'Contact History',
    prefix: '017',
    createable: false,
    updateable: false,
    deletable: false,
    replicateable: true,
    fields: [
      ...identityFields(world, 'ContactHistory', 'Contact History'),
      make.lookup(
        'ContactId',
        'Contact ID',
        'Contact',
        'Contact',
        world.someIdOf('Contact', 'ContactHistory contact'),
        {
          ...READ_ONLY,
          childName: 'Histories',
          onParentDelete: 'cascade',
        },
      ),
      ...stampFields(world, 'ContactHistory').filter(({ name }) => name === 'CreatedDate' || name === 'CreatedById'),
      make.choice('Field', 'Changed Field', names, tracked, READ_ONLY),
      make.choice(
        'DataType',
        'Datatype',
        ['Text', 'Email'],
        (row) => (tracked(row) === 'Email' ? 'Email' : 'Text'),
        READ_ONLY,
      ),
      anyType('OldValue', 'Old Value', (row) => (row % 6 === 0 ? null : value(1)(row))),
      anyType('NewValue', 'New Value', value(2)),
    ],
  };
}
