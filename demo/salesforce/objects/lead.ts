import { mix } from '../../kit/random.ts';
import { dayText } from '../days.ts';
import { Address, makePhone } from '../generated/addresses.ts';
import { makeDescription } from '../generated/prose.ts';
import { typedEmail, typedName, type World } from '../generated/world.ts';
import { addressFields } from './address.ts';
import { type Field, READ_ONLY, REQUIRED } from './field.ts';
import * as make from './fields.ts';
import { identityFields, keyFields, type ObjectDefinition, ownerField, stampFields, viewFields } from './object.ts';
import { INDUSTRIES, joinName, LANGUAGES, LEAD_SOURCES, SALUTATIONS } from './values.ts';

const STATUSES = ['Open - Not Contacted', 'Working - Contacted', 'Closed - Converted', 'Closed - Not Converted'];
const RATINGS = ['Hot', 'Warm', 'Cold'];

export function lead(world: World): ObjectDefinition {
  return {
    name: 'Lead',
    label: 'Lead',
    labelPlural: 'Leads',
    prefix: '00Q',
    createable: true,
    updateable: true,
    deletable: true,
    guard: (read) =>
      read('IsConverted') === true
        ? { statusCode: 'CANNOT_UPDATE_CONVERTED_LEAD', message: 'cannot reference converted lead' }
        : null,
    fields: [
      ...identityFields(world, 'Lead', 'Lead'),
      make.lookup('MasterRecordId', 'Master Record ID', 'Lead', 'MasterRecord', null, { ...READ_ONLY, indexed: false }),
      ...personFields(world),
      ...contactFields(world),
      ...statusFields(world),
      ...conversionFields(world),
      ...stampFields(world, 'Lead'),
      ...viewFields(),
      ...keyFields(world, 'Lead', 'L'),
      ...customFields(world),
    ],
  };
}

function personFields(world: World): Field[] {
  const firstName = (row: number): string => typedName(world.leadPerson(row).given.native, world.leadManner(row), 1);
  const lastName = (row: number): string => typedName(world.leadPerson(row).family.native, world.leadManner(row), 2);
  const salutation = make.oneOf(world.draw('Lead salutation'), SALUTATIONS, 60);
  return [
    make.text('LastName', 'Last Name', 80, lastName, { ...REQUIRED, compound: 'Name' }),
    make.text('FirstName', 'First Name', 40, firstName, { compound: 'Name' }),
    make.choice('Salutation', 'Salutation', SALUTATIONS, salutation, { compound: 'Name' }),
    make.text('Name', 'Full Name', 121, (row) => joinName(firstName(row), lastName(row)), {
      nameField: true,
      nillable: false,
      derive: (read) => joinName(read('FirstName'), read('LastName')),
    }),
    make.text('Title', 'Title', 128),
    make.text('Company', 'Company', 255, (row) => companyOf(world, row), REQUIRED),
  ];
}

function companyOf(world: World, row: number): string {
  const { company } = world.leadPerson(row);
  return company < 0 ? '[not provided]' : world.companies.name(world.companies.originalOf(company));
}

function contactFields(world: World): Field[] {
  const draw = world.draw('Lead contact');
  const address = (row: number) =>
    draw(row) % 100 < 30 ? null : new Address(world.leadPerson(row).locale, mix(draw(row), 1));
  const dial = (purpose: number, nulls: number) => (row: number) => {
    const lot = mix(draw(row), purpose);
    return lot % 100 < nulls ? null : makePhone(world.leadPerson(row).locale, lot);
  };
  const emailOf = (row: number): string | null =>
    draw(row) % 100 < 6 ? null : typedEmail(world.leadPerson(row), world.leadManner(row));
  return [
    ...addressFields('', '', address),
    make.phone('Phone', 'Phone', dial(2, 25)),
    make.phone('MobilePhone', 'Mobile Phone', dial(3, 70)),
    make.phone('Fax', 'Fax'),
    make.email('Email', 'Email', emailOf, { idLookup: true, indexed: true }),
    make.url('Website', 'Website'),
    make.flag('HasOptedOutOfEmail', 'Email Opt Out', make.sometimes(world.draw('Lead opt out'), 10)),
    make.flag('DoNotCall', 'Do Not Call'),
  ];
}

function statusFields(world: World): Field[] {
  const draw = world.draw('Lead status');
  const description = world.draw('Lead description');
  const isConverted = convertedLeads(world);
  const status = (row: number): string => (isConverted(row) ? STATUSES[2]! : STATUSES[[0, 1, 3][draw(row) % 3]!]!);
  return [
    make.longText('Description', 'Description', 32_000, (row) => makeDescription(description(row))),
    make.choice('LeadSource', 'Lead Source', LEAD_SOURCES, make.oneOf(world.draw('Lead source'), LEAD_SOURCES, 15)),
    make.choice('Status', 'Status', STATUSES, status, {
      ...REQUIRED,
      defaultedOnCreate: true,
      defaultValue: STATUSES[0]!,
    }),
    make.choice('Industry', 'Industry', INDUSTRIES, make.oneOf(world.draw('Lead industry'), INDUSTRIES, 45)),
    make.choice('Rating', 'Rating', RATINGS, make.oneOf(world.draw('Lead rating'), RATINGS, 55)),
    make.currency('AnnualRevenue', 'Annual Revenue', make.amount(world.draw('Lead revenue'), 900_000, 70)),
    make.integer('NumberOfEmployees', 'Employees', (row) => (draw(row) % 3 === 0 ? draw(row) % 4000 : null)),
    ownerField(world, 'Lead'),
    make.flag('IsUnreadByOwner', 'Unread By Owner', make.sometimes(world.draw('Lead unread'), 20)),
  ];
}

/** Four in a hundred leads have become contacts. */
function convertedLeads(world: World): (row: number) => boolean {
  const draw = world.draw('Lead converted');
  return (row) => world.population('Contact').live > 0 && draw(row) % 100 < 4;
}

function conversionFields(world: World): Field[] {
  const draw = world.draw('Lead conversion');
  const isConverted = convertedLeads(world);
  const to = (object: string) => (row: number) => {
    const target = world.population(object);
    return isConverted(row) && target.live > 0 ? target.idOf(target.liveRow(draw(row) % target.live)) : null;
  };
  const day = (row: number) =>
    isConverted(row) ? dayText(Math.floor(world.history('Lead').at(row).modified / 86_400)) : null;
  const result = (object: string): Field =>
    make.lookup(`Converted${object}Id`, `Converted ${object} ID`, object, `Converted${object}`, to(object), {
      ...READ_ONLY,
      indexed: false,
    });
  return [
    make.flag('IsConverted', 'Converted', isConverted, READ_ONLY),
    make.day('ConvertedDate', 'Converted Date', day, READ_ONLY),
    result('Account'),
    result('Contact'),
    result('Opportunity'),
  ];
}

function customFields(world: World): Field[] {
  const score = world.draw('Lead score');
  return [
    make.number('Score__c', 'Score', 5, 2, (row) => (score(row) % 6 === 0 ? null : (score(row) % 10_000) / 100)),
    make.flag('Consent_Email__c', 'Consent: E-mail', make.sometimes(world.draw('Lead consent'), 45)),
    make.instant('Consent_Date__c', 'Consent Date'),
    make.text('Consent_Vendors__c', 'Consent: Vendors', 255),
    make.choice(
      'Preferred_Language__c',
      'Preferred Language',
      LANGUAGES,
      (row) => world.leadPerson(row).locale.language,
      {
        restricted: true,
      },
    ),
  ];
}
