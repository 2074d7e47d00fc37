import { AMERICA, ENTERPRISE, HOME } from '../accounts.ts';
import { guidOf } from '../guid.ts';
import { DataExtension } from './extension.ts';
import { type Field, type FieldType, lengthOf } from './field.ts';
import { generateLine, generateMember, generateSubscriber } from './people.ts';

/** The instant at which all generated data extensions were made. */
export const MADE_AT = Date.UTC(2026, 0, 15, 15, 30);

interface Column {
  name: string;
  type: FieldType;
  length?: number;
  scale?: number;
  key?: boolean;
  required?: boolean;
  otherwise?: string;
}

const SUBSCRIBER: Column[] = [
  { name: 'SubscriberKey', type: 'Text', length: 36, key: true },
  { name: 'EmailAddress', type: 'EmailAddress', required: true },
  { name: 'FirstName', type: 'Text', length: 50 },
  { name: 'LastName', type: 'Text', length: 80 },
  { name: 'Mobile', type: 'Phone' },
  { name: 'Points', type: 'Number' },
  { name: 'Balance', type: 'Decimal', length: 18, scale: 2 },
  { name: 'BirthDate', type: 'Date' },
  { name: 'OptIn', type: 'Boolean', required: true, otherwise: 'False' },
  { name: 'Language', type: 'Locale' },
];

const LINE: Column[] = [
  { name: 'OrderId', type: 'Text', length: 20, key: true },
  { name: 'LineNumber', type: 'Number', key: true },
  { name: 'Product', type: 'Text', length: 100 },
  { name: 'Quantity', type: 'Number', required: true },
  { name: 'Price', type: 'Decimal', length: 12, scale: 3 },
];

/** The data extensions that an organisation has at first; the same for the same seed and number of subscribers. */
export function generateExtensions(seed: number, subscribers: number): DataExtension[] {
  const all = [
    make(HOME.id, 'Subscribers', 'SUBSCRIBERS', SUBSCRIBER),
    make(HOME.id, 'Order lines', 'order-lines', LINE),
    make(HOME.id, 'Newsletter sign-ups', 'NEWSLETTER_SIGNUPS', SUBSCRIBER.slice(1, 3)),
    make(HOME.id, 'Members <gold> & "silver"', "members & <gold> 'silver'", [
      { name: 'Member number', type: 'Number', key: true },
      { name: 'Tier & <level>', type: 'Text', length: 4000 },
    ]),
    make(HOME.id, 'Audience', 'AUDIENCE', [
      { name: 'ContactKey', type: 'Text', length: 50, key: true },
      { name: 'Email', type: 'EmailAddress' },
      { name: 'Score', type: 'Number' },
    ]),
    make(ENTERPRISE.id, 'Suppression', 'SUPPRESSION', [{ name: 'Email', type: 'EmailAddress', key: true }]),
    make(AMERICA.id, 'Subscribers', 'SUBSCRIBERS', SUBSCRIBER),
  ];
  const [people, lines, signUps, members] = all as [DataExtension, DataExtension, DataExtension, DataExtension];
  for (let row = 0; row < subscribers; row++) people.write('add', generateSubscriber(seed, row));
  for (let row = 0; row < Math.floor(subscribers / 2); row++) lines.write('add', generateLine(seed, row));
  for (let row = 0; row < Math.floor(subscribers / 20); row++) {
    const { EmailAddress, FirstName } = generateSubscriber(seed, row);
    signUps.write('add', { EmailAddress, FirstName });
  }
  for (let row = 0; row < 5; row++) members.write('add', generateMember(row));
  return all;
}

function make(accountId: number, name: string, key: string, columns: Column[]): DataExtension {
  const id = guidOf(`${accountId} ${key}`);
  const fields = columns.map(
    (column): Field => ({
      objectId: guidOf(`${id} ${column.name}`),
      name: column.name,
      type: column.type,
      maxLength: lengthOf(column.type, column.length ?? null),
      scale: column.scale ?? null,
      isPrimaryKey: column.key ?? false,
      isRequired: (column.key ?? false) || (column.required ?? false),
      defaultValue: column.otherwise ?? '',
    }),
  );
  return new DataExtension({ objectId: id, key, name, description: '', accountId, fields, created: MADE_AT });
}
