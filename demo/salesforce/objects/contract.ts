import { mix } from '../../kit/random.ts';
import { dayText } from '../days.ts';
import type { World } from '../generated/world.ts';
import { addressFields } from './address.ts';
import { type Field, READ_ONLY, REQUIRED, type Value } from './field.ts';
import * as make from './fields.ts';
import { identityFields, keyFields, type ObjectDefinition, ownerField, stampFields, viewFields } from './object.ts';

const STATUSES = ['Draft', 'In Approval Process', 'Activated'];
const NOTICES = ['15', '30', '45', '60', '90', '120'];

export function contract(world: World): ObjectDefinition {
  return {
    name: 'Contract',
    label: 'Contract',
    labelPlural: 'Contracts',
    prefix: '800',
    createable: true,
    updateable: true,
    deletable: true,
    fields: [
      ...identityFields(world, 'Contract', 'Contract'),
      ...termFields(world),
      ...partyFields(world),
      ownerField(world, 'Contract'),
      ...stampFields(world, 'Contract'),
      ...viewFields(),
      ...keyFields(world, 'Contract', 'V'),
      make.currency('Annual_Fee__c', 'Annual Fee', make.amount(world.draw('Contract fee'), 120_000, 10)),
      make.percent('Indexation__c', 'Indexation', 3, (row) => (row % 3 === 0 ? null : (row % 9000) / 1000)),
      make.flag('Auto_Renewal__c', 'Auto Renewal', make.sometimes(world.draw('Contract renewal'), 40)),
    ],
  };
}

function termFields(world: World): Field[] {
  const draw = world.draw('Contract term');
  const start = make.dayBetween(world.draw('Contract start'), 2019, 2027, 3);
  const term = (row: number): number => [12, 24, 36][draw(row) % 3]!;
  const status = (row: number): string => STATUSES[draw(row) % 3]!;
  return [
    make.text('ContractNumber', 'Contract Number', 30, (row) => String(row + 101).padStart(8, '0'), {
      autoNumber: true,
      nillable: false,
      defaultedOnCreate: true,
      nameField: true,
      idLookup: true,
      indexed: true,
    }),
    make.day('StartDate', 'Contract Start Date', start),
    make.integer('ContractTerm', 'Contract Term', term),
    make.day('EndDate', 'Contract End Date', (row) => endOf(start(row), term(row)), {
      ...READ_ONLY,
      derive: (read) => endOf(read('StartDate'), read('ContractTerm')),
    }),
    make.choice('Status', 'Status', STATUSES, status, {
      defaultedOnCreate: true,
      defaultValue: 'Draft',
      nillable: false,
      restricted: true,
    }),
    make.text('StatusCode', 'Status Category', 40, status, { ...READ_ONLY, derive: (read) => read('Status') }),
    make.choice('OwnerExpirationNotice', 'Owner Expiration Notice', NOTICES, make.oneOf(draw, NOTICES, 70)),
    make.instant('ActivatedDate', 'Activated Date', (row) =>
      draw(row) % 3 === 2 ? world.history('Contract').at(row).created : null,
    ),
    make.day('CompanySignedDate', 'Company Signed Date', (row) => (draw(row) % 3 === 2 ? start(row) : null)),
    make.day('CustomerSignedDate', 'Customer Signed Date', (row) => (draw(row) % 3 === 2 ? start(row) : null)),
    make.text('CustomerSignedTitle', 'Customer Signed Title', 40),
    make.longText('SpecialTerms', 'Special Terms', 4000),
    make.longText('Description', 'Description', 32_000),
  ];
}

/** The last day of a term of months that begins on a day. */
function endOf(start: Value, months: Value): string | null {
  if (typeof start !== 'string' || typeof months !== 'number') return null;
  const [year, month, day] = start.split('-').map(Number);
  const lastDay = new Date(Date.UTC(year!, month! + months, 0)).getUTCDate();
  const end = Date.UTC(year!, month! - 1 + months, Math.min(day!, lastDay)) / 86_400_000;
  return dayText(end - 1);
}

function partyFields(world: World): Field[] {
  const draw = world.draw('Contract party');
  const accounts = world.population('Account');
  const company = (row: number): number => accounts.liveRow(mix(draw(row), 1) % accounts.live);
  return [
    make.lookup('AccountId', 'Account ID', 'Account', 'Account', (row) => accounts.idOf(company(row)), {
      ...REQUIRED,
      childName: 'Contracts',
      onParentDelete: 'cascade',
    }),
    make.lookup('CustomerSignedId', 'Customer Signed By ID', 'Contact', 'CustomerSigned', null, {
      childName: 'ContractsSigned',
      indexed: false,
    }),
    ...addressFields('Billing', 'Billing', (row) => world.companies.address(company(row), 1)),
  ];
}
