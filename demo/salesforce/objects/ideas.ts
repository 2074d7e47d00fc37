import { pick } from '../../kit/random.ts';
import type { World } from '../generated/world.ts';
import { READ_ONLY, REQUIRED } from './field.ts';
import * as make from './fields.ts';
import { identityFields, type ObjectDefinition, stampFields } from './object.ts';

const TITLES = ['Dark mode', 'Export to PDF', 'Faster search', 'Offline-Modus', 'Moins de courriels'];

export function idea(world: World): ObjectDefinition {
  const draw = world.draw('Idea');
  return {
    name: 'Idea',
    label: 'Idea',
    labelPlural: 'Ideas',
    prefix: '087',
    createable: true,
    updateable: true,
    deletable: true,
    fields: [
      ...identityFields(world, 'Idea', 'Idea'),
      make.text('Title', 'Title', 255, (row) => `${pick(TITLES, draw(row))} (${row + 1})`, {
        ...REQUIRED,
        nameField: true,
      }),
      make.longText('Body', 'Idea Body', 32_000),
      make.number('VoteTotal', 'Vote Total', 18, 0, (row) => (draw(row) % 40) * 10),
      ...stampFields(world, 'Idea'),
    ],
  };
}

/** Votes are read only by the idea or the vote: neither `updated` and `deleted` nor the Bulk API know the object. */
export function vote(world: World): ObjectDefinition {
  const stamps = ['CreatedDate', 'CreatedById', 'SystemModstamp'];
  return {
    name: 'Vote',
    label: 'Vote',
    labelPlural: 'Votes',
    prefix: '083',
    createable: true,
    updateable: false,
    deletable: true,
    replicateable: false,
    bulk: false,
    filterNeeded: ['Id', 'ParentId'],
    fields: [
      ...identityFields(world, 'Vote', 'Vote'),
      make.lookup('ParentId', 'Parent ID', 'Idea', 'Parent', world.someIdOf('Idea', 'Vote idea'), {
        ...REQUIRED,
        updateable: false,
        childName: 'Votes',
        onParentDelete: 'cascade',
      }),
      make.choice('Type', 'Vote Type', ['Up', 'Down'], (row) => (row % 5 === 0 ? 'Down' : 'Up'), READ_ONLY),
      ...stampFields(world, 'Vote').filter((field) => stamps.includes(field.name)),
    ],
  };
}
