import { mix, pick } from '../../kit/random.ts';
import { makeDescription } from '../generated/prose.ts';
import type { World } from '../generated/world.ts';
import { addressFields } from './address.ts';
import { type Field, READ_ONLY, REQUIRED } from './field.ts';
import * as make from './fields.ts';
import { identityFields, keyFields, type ObjectDefinition, ownerField, stampFields, viewFields } from './object.ts';
import { INDUSTRIES, LEAD_SOURCES } from './values.ts';

const TYPES = ['Prospect', 'Customer - Direct', 'Customer - Channel', 'Technology Partner', 'Other'];
const OWNERSHIP = ['Public', 'Private', 'Subsidiary', 'Other'];
const RATINGS = ['Hot', 'Warm', 'Cold'];
const TIERS = ['Bronze', 'Silver', 'Gold', 'Platinum'];

export function account(world: World): ObjectDefinition {
  return {
    name: 'Account',
    label: 'Account',
    labelPlural: 'Accounts',
    prefix: '001',
    createable: true,
    updateable: true,
    deletable: true,
    fields: [
      ...identityFields(world, 'Account', 'Account'),
      make.lookup('MasterRecordId', 'Master Record ID', 'Account', 'MasterRecord', null, {
        ...READ_ONLY,
        indexed: false,
      }),
      ...companyFields(world),
      ...figureFields(world),
      ownerField(world, 'Account'),
      ...stampFields(world, 'Account'),
      ...viewFields(),
      ...keyFields(world, 'Account', 'A'),
      ...customFields(world),
    ],
  };
}

function companyFields(world: World): Field[] {
  const { companies } = world;
  const draw = world.draw('Account company');
  return [
    make.text('Name', 'Account Name', 255, (row) => companies.name(row), { ...REQUIRED, nameField: true }),
    make.choice('Type', 'Account Type', TYPES, make.oneOf(world.draw('Account type'), TYPES, 25)),
    make.lookup('ParentId', 'Parent Account ID', 'Account', 'Parent', (row) => parentOf(world, draw(row), row), {
      childName: 'ChildAccounts',
    }),
    ...addressFields('Billing', 'Billing', (row) => companies.address(row, 1)),
    ...addressFields('Shipping', 'Shipping', (row) => (draw(row) % 10 < 4 ? companies.address(row, 2) : null)),
    make.phone('Phone', 'Account Phone', (row) => companies.phone(row, 3)),
    make.phone('Fax', 'Account Fax', (row) => (draw(row) % 10 < 3 ? companies.phone(row, 4) : null)),
    make.text('AccountNumber', 'Account Number', 40, (row) => (draw(row) % 10 < 5 ? `K${10_000 + row}` : null)),
    make.url('Website', 'Website', (row) => (draw(row) % 10 < 2 ? null : websiteOf(companies.domain(row), draw(row)))),
    make.url('PhotoUrl', 'Photo URL', null, READ_ONLY),
    make.text('Sic', 'SIC Code', 20, (row) => (draw(row) % 3 === 0 ? String(1000 + (draw(row) % 8999)) : null)),
    make.text('Site', 'Account Site', 80),
  ];
}

/** One account in twelve belongs to an earlier one. */
function parentOf(world: World, lot: number, row: number): string | null {
  const accounts = world.population('Account');
  const earlier = Math.floor(row * 0.9);
  if (lot % 12 !== 0 || earlier < 1) return null;
  return accounts.idOf(accounts.liveRow(mix(lot, 5) % earlier));
}

function websiteOf(domain: string, lot: number): string {
  return `${pick(['https://www.', 'http://', 'www.', ''], lot)}${domain}`;
}

function figureFields(world: World): Field[] {
  const revenue = make.amount(world.draw('Account revenue'), 4_000_000, 30);
  const scale = world.draw('Account scale');
  const description = world.draw('Account description');
  return [
    make.choice('Industry', 'Industry', INDUSTRIES, make.oneOf(world.draw('Account industry'), INDUSTRIES, 25)),
    make.currency('AnnualRevenue', 'Annual Revenue', (row) => roundRevenue(revenue(row), scale(row))),
    make.integer('NumberOfEmployees', 'Employees', (row) => (scale(row) % 5 === 0 ? null : scale(row) % 9000)),
    make.choice('Ownership', 'Ownership', OWNERSHIP, make.oneOf(world.draw('Account ownership'), OWNERSHIP, 50)),
    make.text('TickerSymbol', 'Ticker Symbol', 20),
    make.longText('Description', 'Account Description', 32_000, (row) => makeDescription(description(row))),
    make.choice('Rating', 'Account Rating', RATINGS, make.oneOf(world.draw('Account rating'), RATINGS, 50)),
    make.choice(
      'AccountSource',
      'Account Source',
      LEAD_SOURCES,
      make.oneOf(world.draw('Account source'), LEAD_SOURCES, 50),
    ),
    make.text('Jigsaw', 'Data.com Key', 20),
  ];
}

/** Some revenues are whole millions: 139000000 is written 1.39E8. */
function roundRevenue(revenue: number | null, lot: number): number | null {
  return revenue === null || lot % 4 > 0 ? revenue : Math.round(revenue / 10_000) * 1_000_000;
}

function customFields(world: World): Field[] {
  return [
    make.choice('Tier__c', 'Tier', TIERS, make.oneOf(world.draw('Account tier'), TIERS, 40), { restricted: true }),
    make.day('Customer_Since__c', 'Customer Since', make.dayBetween(world.draw('Account since'), 1998, 2026, 35)),
    make.flag('Active__c', 'Active', make.sometimes(world.draw('Account active'), 83)),
    make.formula('Is_Large__c', 'Is Large', 'boolean', 'NumberOfEmployees > 1000', {
      nillable: false,
      derive: (read) => Number(read('NumberOfEmployees') ?? 0) > 1000,
    }),
  ];
}
