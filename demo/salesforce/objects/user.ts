import { pick } from '../../kit/random.ts';
import { latinForm } from '../generated/companies.ts';
import { LOCALES } from '../generated/locales/index.ts';
import { slug } from '../generated/spelling.ts';
import type { World } from '../generated/world.ts';
import { type Field, field, READ_ONLY, REQUIRED } from './field.ts';
import * as make from './fields.ts';
import { identityFields, type ObjectDefinition, stampFields } from './object.ts';
import { joinName } from './values.ts';

const ZONES = [
  'Europe/Paris',
  'America/New_York',
  'Asia/Tokyo',
  'Europe/London',
  'America/Los_Angeles',
  'Asia/Kolkata',
];

/** The first user is the one that clients sign in as. */
export function user(world: World): ObjectDefinition {
  return {
    name: 'User',
    label: 'User',
    labelPlural: 'Users',
    prefix: '005',
    createable: false,
    updateable: false,
    deletable: false,
    replicateable: true,
    fields: [
      ...identityFields(world, 'User', 'User').filter((field) => field.name !== 'IsDeleted'),
      ...nameFields(world),
      ...settingFields(),
      profileField(world),
      ...stampFields(world, 'User'),
    ],
  };
}

function nameFields(world: World): Field[] {
  const draw = world.draw('User name');
  const first = (row: number): string =>
    row === 0 ? 'Integration' : latinForm(pick(pick(LOCALES, draw(row)).given, row));
  const last = (row: number): string =>
    row === 0 ? 'User' : latinForm(pick(pick(LOCALES, draw(row)).family, row * 3));
  const login = (row: number): string => `${slug(first(row))}.${slug(last(row))}${row}@demo-org.example`;
  return [
    make.text('Username', 'Username', 80, login, { ...REQUIRED, unique: true, idLookup: true }),
    make.text('LastName', 'Last Name', 80, last, { ...REQUIRED, compound: 'Name' }),
    make.text('FirstName', 'First Name', 40, first, { compound: 'Name' }),
    make.text('Name', 'Full Name', 121, (row) => joinName(first(row), last(row)), { ...READ_ONLY, nameField: true }),
    make.text('Alias', 'Alias', 8, (row) => `user${row}`, REQUIRED),
    make.text('CommunityNickname', 'Nickname', 40, (row) => `${slug(first(row))}${row}`, REQUIRED),
    make.email('Email', 'Email', login, { ...REQUIRED, idLookup: true }),
    make.text('CompanyName', 'Company Name', 80, () => 'Syncline Demo'),
    make.text('Title', 'Title', 80),
    make.text('Department', 'Department', 80),
  ];
}

/** The user that clients sign in as is an administrator. */
function profileField(world: World): Field {
  const profiles = world.population('Profile');
  return field('ProfileId', 'Profile ID', 'reference', {
    ...REQUIRED,
    length: 18,
    referenceTo: 'Profile',
    relationshipName: 'Profile',
    generate: (row) => profiles.idOf(row % profiles.rows),
  });
}

function settingFields(): Field[] {
  return [
    make.flag('IsActive', 'Active', (row) => row !== 11),
    make.choice('TimeZoneSidKey', 'Time Zone', ZONES, (row) => ZONES[row % ZONES.length]!, {
      ...REQUIRED,
      restricted: true,
    }),
    make.choice('LocaleSidKey', 'Locale', ['en_US'], () => 'en_US', REQUIRED),
    make.choice('LanguageLocaleKey', 'Language', ['en_US'], () => 'en_US', REQUIRED),
    make.choice('EmailEncodingKey', 'Email Encoding', ['UTF-8'], () => 'UTF-8', REQUIRED),
    make.choice('UserType', 'User Type', ['Standard'], () => 'Standard', READ_ONLY),
    make.text('FederationIdentifier', 'SAML Federation ID', 512),
    make.instant('LastLoginDate', 'Last Login', null, READ_ONLY),
  ];
}
