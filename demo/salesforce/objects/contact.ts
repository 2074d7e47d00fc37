import { type Draw, mix, pick } from '../../kit/random.ts';
import { Address, makePhone } from '../generated/addresses.ts';
import { makeDescription } from '../generated/prose.ts';
import { typedEmail, typedName, type World } from '../generated/world.ts';
import { addressFields } from './address.ts';
import { type Field, field, READ_ONLY, REQUIRED } from './field.ts';
import * as make from './fields.ts';
import { identityFields, keyFields, type ObjectDefinition, ownerField, stampFields, viewFields } from './object.ts';
import { joinName, LANGUAGES, LEAD_SOURCES, SALUTATIONS } from './values.ts';

const TITLES = [
  'CEO',
  'Head of Purchasing',
  'Geschäftsführerin',
  'Responsable achats',
  'VP, Sales & Marketing',
  'Engineer',
];
const DEPARTMENTS = ['Finance', 'Purchasing', 'IT', 'Human Resources', 'Recherche & Développement', 'Vertrieb'];

export function contact(world: World): ObjectDefinition {
  return {
    name: 'Contact',
    label: 'Contact',
    labelPlural: 'Contacts',
    prefix: '003',
    createable: true,
    updateable: true,
    deletable: true,
    fields: [
      ...identityFields(world, 'Contact', 'Contact'),
      make.lookup('MasterRecordId', 'Master Record ID', 'Contact', 'MasterRecord', masterOf(world), {
        ...READ_ONLY,
        indexed: false,
      }),
      ...personFields(world),
      ...placeFields(world),
      ...profileFields(world),
      ...stampFields(world, 'Contact'),
      ...viewFields(),
      ...keyFields(world, 'Contact', 'C'),
      ...customFields(world),
    ],
  };
}

/** A third of the deleted contacts were merged into others. */
function masterOf(world: World): (row: number) => string | null {
  const contacts = world.population('Contact');
  const other = world.someIdOf('Contact', 'Contact master');
  return (row) => (row % 3 === 0 && contacts.isDeleted(row) ? other(row) : null);
}

function personFields(world: World): Field[] {
  const draw = world.draw('Contact person');
  const firstName = (row: number): string | null =>
    draw(row) % 100 < 4 ? null : typedName(world.contactPerson(row).given.native, world.contactNameManner(row), 1);
  const lastName = (row: number): string =>
    typedName(world.contactPerson(row).family.native, world.contactNameManner(row), 2);
  const salutation = make.oneOf(world.draw('Contact salutation'), SALUTATIONS, 45);
  return [
    make.lookup('AccountId', 'Account ID', 'Account', 'Account', (row) => accountOf(world, draw, row), {
      childName: 'Contacts',
      onParentDelete: 'cascade',
    }),
    make.text('LastName', 'Last Name', 80, lastName, { ...REQUIRED, compound: 'Name' }),
    make.text('FirstName', 'First Name', 40, firstName, { compound: 'Name' }),
    make.choice('Salutation', 'Salutation', SALUTATIONS, salutation, { compound: 'Name' }),
    make.text('Name', 'Full Name', 121, (row) => joinName(firstName(row), lastName(row)), {
      nameField: true,
      nillable: false,
      derive: (read) => joinName(read('FirstName'), read('LastName')),
    }),
  ];
}

/** A repeated contact is often at another company than the first, or at none. */
function accountOf(world: World, draw: Draw, row: number): string | null {
  const accounts = world.population('Account');
  const lot = draw(row);
  const company = world.contactPerson(row).company;
  const moved = world.contactManner(row) !== 0 && mix(lot, 1) % 2 === 0;
  if (!moved) return company < 0 ? null : accounts.idOf(company);
  if (accounts.live === 0 || mix(lot, 2) % 2 === 0) return null;
  return accounts.idOf(accounts.liveRow(mix(lot, 3) % accounts.live));
}

function placeFields(world: World): Field[] {
  const draw = world.draw('Contact place');
  const mailing = (row: number) => {
    const person = world.contactPerson(row);
    return draw(row) % 100 < 10 ? null : new Address(person.locale, draw(person.number));
  };
  const other = (row: number) =>
    draw(row) % 100 < 92 ? null : new Address(world.contactPerson(row).locale, mix(draw(row), 1));
  const dial = (purpose: number, nulls: number) => (row: number) => {
    const lot = mix(draw(row), purpose);
    return lot % 100 < nulls ? null : makePhone(world.contactPerson(row).locale, lot);
  };
  return [
    ...addressFields('Other', 'Other', other),
    ...addressFields('Mailing', 'Mailing', mailing),
    make.phone('Phone', 'Business Phone', dial(1, 15)),
    make.phone('Fax', 'Business Fax', dial(2, 90)),
    make.phone('MobilePhone', 'Mobile Phone', dial(3, 50)),
    make.phone('HomePhone', 'Home Phone', dial(4, 92)),
    make.phone('OtherPhone', 'Other Phone'),
    make.phone('AssistantPhone', 'Asst. Phone'),
  ];
}

function profileFields(world: World): Field[] {
  const draw = world.draw('Contact profile');
  const description = world.draw('Contact description');
  const emailOf = (row: number): string | null =>
    draw(row) % 100 < 9 ? null : typedEmail(world.contactPerson(row), world.contactManner(row));
  return [
    make.lookup('ReportsToId', 'Reports To ID', 'Contact', 'ReportsTo', null, { indexed: false }),
    make.email('Email', 'Email', emailOf, { idLookup: true, indexed: true }),
    make.text('Title', 'Title', 128, make.oneOf(world.draw('Contact title'), TITLES, 35)),
    make.text('Department', 'Department', 80, make.oneOf(world.draw('Contact department'), DEPARTMENTS, 60)),
    make.text('AssistantName', "Assistant's Name", 40),
    make.choice('LeadSource', 'Lead Source', LEAD_SOURCES, make.oneOf(world.draw('Contact source'), LEAD_SOURCES, 40)),
    make.day('Birthdate', 'Birthdate', make.dayBetween(world.draw('Contact birthdate'), 1935, 2006, 40)),
    make.longText('Description', 'Contact Description', 32_000, (row) => makeDescription(description(row))),
    ownerField(world, 'Contact'),
    make.flag('HasOptedOutOfEmail', 'Email Opt Out', make.sometimes(world.draw('Contact opt out'), 12)),
    make.flag('HasOptedOutOfFax', 'Fax Opt Out'),
    make.flag('DoNotCall', 'Do Not Call', make.sometimes(world.draw('Contact do not call'), 7)),
    make.text('EmailBouncedReason', 'Email Bounced Reason', 255),
    make.instant('EmailBouncedDate', 'Email Bounced Date'),
    make.flag('IsEmailBounced', 'Is Email Bounced', null, READ_ONLY),
    make.url('PhotoUrl', 'Photo URL', null, READ_ONLY),
  ];
}

function customFields(world: World): Field[] {
  const points = world.draw('Contact points');
  return [
    make.currency('AnnualValue__c', 'Annual Value', make.amount(world.draw('Contact value'), 250_000, 20)),
    make.number('Loyalty_Points__c', 'Loyalty Points', 18, 0, (row) => pointsOf(points(row))),
    make.percent('Discount__c', 'Discount', 2, (row) => (points(row) % 7 === 0 ? (points(row) % 4000) / 100 : null)),
    make.flag('Consent_Email__c', 'Consent: E-mail', make.sometimes(world.draw('Contact consent'), 58)),
    make.text('Consent_Vendors__c', 'Consent: Vendors', 255),
    make.instant('Consent_Date__c', 'Consent Date', (row) =>
      points(row) % 3 === 0 ? world.history('Contact').at(row).created + 60 : null,
    ),
    make.choice(
      'Preferred_Language__c',
      'Preferred Language',
      LANGUAGES,
      (row) => (points(row) % 10 < 2 ? null : world.contactPerson(row).locale.language),
      { restricted: true },
    ),
    field('Mail_Label__c', 'Mail Label', 'string', {
      length: 1300,
      formula: 'Name & BR() & MailingCity & ", " & MailingCountry',
      derive: (read) =>
        [read('Name'), [read('MailingCity'), read('MailingCountry')].filter(Boolean).join(', ')].join('\n'),
    }),
  ];
}

/** A few balances are far greater than the others: they travel in scientific notation. */
function pointsOf(lot: number): number | null {
  if (lot % 100 < 15) return null;
  return lot % 1000 === 999 ? 900_000_000_000_000 + mix(lot, 1) : mix(lot, 2) % pick([500, 20_000, 100_000], lot);
}
