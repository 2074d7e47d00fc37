import type { World } from '../generated/world.ts';
import { READ_ONLY } from './field.ts';
import * as make from './fields.ts';
import { identityFields, type ObjectDefinition, stampFields } from './object.ts';

const NAMES = ['System Administrator', 'Standard User', 'Read Only'];

/** What users may do; the organisation lets everybody do everything and only names it. */
export function profile(world: World): ObjectDefinition {
  return {
    name: 'Profile',
    label: 'Profile',
    labelPlural: 'Profiles',
    prefix: '00e',
    createable: false,
    updateable: false,
    deletable: false,
    fields: [
      ...identityFields(world, 'Profile', 'Profile').filter((field) => field.name !== 'IsDeleted'),
      make.text('Name', 'Name', 255, (row) => NAMES[row % NAMES.length]!, { ...READ_ONLY, nameField: true }),
      make.text('Description', 'Description', 255, null, READ_ONLY),
      make.choice('UserType', 'User Type', ['Standard'], () => 'Standard', READ_ONLY),
      ...stampFields(world, 'Profile'),
    ],
  };
}
