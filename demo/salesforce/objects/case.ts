import { mix, pick } from '../../kit/random.ts';
import { makeNote } from '../generated/prose.ts';
import type { World } from '../generated/world.ts';
import { type Field, READ_ONLY } from './field.ts';
import * as make from './fields.ts';
import { identityFields, keyFields, type ObjectDefinition, ownerField, stampFields, viewFields } from './object.ts';

const STATUSES = ['New', 'Working', 'Escalated', 'Closed'];
const PRIORITIES = ['High', 'Medium', 'Low'];
const ORIGINS = ['Phone', 'Email', 'Web'];
const TYPES = ['Mechanical', 'Electrical', 'Electronic', 'Structural', 'Other'];
const REASONS = ['Installation', 'Equipment Complexity', 'Performance', 'Breakdown', 'Feedback', 'Other'];
const SUBJECTS = [
  'Invoice is wrong',
  'Lieferung unvollständig',
  'Mot de passe oublié',
  'Re: Re: FW: order "A-17"',
  '無法登入',
  'Thanks 🙏',
];

export function caseObject(world: World): ObjectDefinition {
  return {
    name: 'Case',
    label: 'Case',
    labelPlural: 'Cases',
    prefix: '500',
    createable: true,
    updateable: true,
    deletable: true,
    fields: [
      ...identityFields(world, 'Case', 'Case'),
      make.lookup('MasterRecordId', 'Master Record ID', 'Case', 'MasterRecord', null, { ...READ_ONLY, indexed: false }),
      ...partyFields(world),
      ...workFields(world),
      ownerField(world, 'Case'),
      ...stampFields(world, 'Case'),
      ...viewFields(),
      ...keyFields(world, 'Case', 'S'),
      ...customFields(world),
    ],
  };
}

function partyFields(world: World): Field[] {
  const draw = world.draw('Case party');
  const contacts = world.population('Contact');
  const contact = (row: number): number =>
    contacts.live === 0 || draw(row) % 10 === 0 ? -1 : contacts.liveRow(mix(draw(row), 1) % contacts.live);
  const account = (row: number): string | null => {
    const company = contact(row) < 0 ? -1 : world.contactPerson(contact(row)).company;
    return company < 0 ? null : world.population('Account').idOf(company);
  };
  return [
    make.text('CaseNumber', 'Case Number', 30, (row) => String(row + 1001).padStart(8, '0'), {
      autoNumber: true,
      nillable: false,
      defaultedOnCreate: true,
      nameField: true,
      idLookup: true,
      indexed: true,
    }),
    make.lookup(
      'ContactId',
      'Contact ID',
      'Contact',
      'Contact',
      (row) => (contact(row) < 0 ? null : contacts.idOf(contact(row))),
      {
        childName: 'Cases',
        onParentDelete: 'restrict',
      },
    ),
    make.lookup('AccountId', 'Account ID', 'Account', 'Account', account, {
      childName: 'Cases',
      onParentDelete: 'restrict',
    }),
    make.lookup('ParentId', 'Parent Case ID', 'Case', 'Parent', null, { childName: 'Cases', indexed: false }),
    make.text('SuppliedName', 'Name', 80),
    make.email('SuppliedEmail', 'Email Address', null),
    make.text('SuppliedPhone', 'Phone', 40),
    make.text('SuppliedCompany', 'Company', 80),
  ];
}

function workFields(world: World): Field[] {
  const draw = world.draw('Case work');
  const closed = (row: number): boolean => draw(row) % 4 === 3;
  const isClosed = make.flag('IsClosed', 'Closed', closed, {
    ...READ_ONLY,
    derive: (read) => read('Status') === 'Closed',
  });
  const closedDate = (row: number) => (closed(row) ? world.history('Case').at(row).modified : null);
  return [
    make.choice('Type', 'Case Type', TYPES, make.oneOf(world.draw('Case type'), TYPES, 40)),
    make.choice('Status', 'Status', STATUSES, (row) => STATUSES[draw(row) % 4]!, {
      defaultedOnCreate: true,
      defaultValue: 'New',
    }),
    make.choice('Reason', 'Case Reason', REASONS, make.oneOf(world.draw('Case reason'), REASONS, 35)),
    make.choice('Origin', 'Case Origin', ORIGINS, make.oneOf(world.draw('Case origin'), ORIGINS)),
    make.text('Subject', 'Subject', 255, (row) => pick(SUBJECTS, mix(draw(row), 2))),
    make.choice('Priority', 'Priority', PRIORITIES, make.oneOf(world.draw('Case priority'), PRIORITIES), {
      defaultedOnCreate: true,
      defaultValue: 'Medium',
    }),
    make.longText('Description', 'Description', 32_000, (row) => makeNote(draw(row), 1 + (draw(row) % 6))),
    make.longText('Comments', 'Internal Comments', 4000),
    isClosed,
    make.instant('ClosedDate', 'Closed Date', closedDate),
    make.flag('IsEscalated', 'Escalated', (row) => draw(row) % 4 === 2),
    make.text('ContactEmail', 'Contact Email', 80, null, READ_ONLY),
  ];
}

function customFields(world: World): Field[] {
  const draw = world.draw('Case custom');
  return [
    make.number('Hours_Spent__c', 'Hours Spent', 6, 2, (row) =>
      draw(row) % 3 === 0 ? null : (draw(row) % 8000) / 100,
    ),
    make.currency('Refund__c', 'Refund', make.amount(world.draw('Case refund'), 900, 80)),
    make.day('Promised_Date__c', 'Promised Date', make.dayBetween(world.draw('Case promised'), 2024, 2027, 50)),
  ];
}
