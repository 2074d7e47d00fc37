import { mix, pick } from '../../kit/random.ts';
import { dayText } from '../days.ts';
import type { World } from '../generated/world.ts';
import { type Field, READ_ONLY } from './field.ts';
import * as make from './fields.ts';
import { identityFields, type ObjectDefinition, ownerField, stampFields } from './object.ts';

const SUBJECTS = ['Call', 'Email: follow-up', 'Send quote', 'Angebot nachfassen', 'Démonstration produit', 'Other'];
const STATUSES = ['Not Started', 'In Progress', 'Completed', 'Waiting on someone else', 'Deferred'];
const PLACES = ['Paris', 'Berlin, HQ', 'Online', 'Café "Central"'];
const DAY = 86_400;
/** Closed tasks and past events of a year and more are archived. */
const ARCHIVED_BEFORE = Date.UTC(2025, 5, 1) / 1000;

export function task(world: World): ObjectDefinition {
  const history = world.history('Task');
  const draw = world.draw('Task work');
  const isClosed = (row: number): boolean => draw(row) % 10 < 6;
  const isArchived = (row: number): boolean => isClosed(row) && history.at(row).created < ARCHIVED_BEFORE;
  const due = (row: number): string => dayText(Math.floor(history.at(row).created / DAY) + (mix(draw(row), 1) % 20));
  return activity(world, 'Task', '00T', isArchived, [
    make.choice('Status', 'Status', STATUSES, (row) => (isClosed(row) ? 'Completed' : STATUSES[row % 2]!), {
      nillable: false,
      defaultedOnCreate: true,
      defaultValue: 'Not Started',
    }),
    make.choice('Priority', 'Priority', ['High', 'Normal', 'Low'], (row) => (row % 9 === 0 ? 'High' : 'Normal'), {
      nillable: false,
      defaultedOnCreate: true,
      defaultValue: 'Normal',
    }),
    make.day('ActivityDate', 'Due Date Only', due),
    make.flag('IsClosed', 'Closed', isClosed, { ...READ_ONLY, derive: (read) => read('Status') === 'Completed' }),
    make.integer('CallDurationInSeconds', 'Call Duration', (row) => (row % 4 === 0 ? mix(draw(row), 2) % 3600 : null)),
  ]);
}

export function event(world: World): ObjectDefinition {
  const history = world.history('Event');
  const draw = world.draw('Event work');
  const start = (row: number): number =>
    Math.floor(history.at(row).created / 900) * 900 + (mix(draw(row), 1) % 20) * DAY;
  return activity(world, 'Event', '00U', (row) => start(row) < ARCHIVED_BEFORE, [
    make.instant('StartDateTime', 'Start Date Time', start),
    make.instant('EndDateTime', 'End Date Time', (row) => start(row) + 1800 * (1 + (row % 4))),
    make.integer('DurationInMinutes', 'Duration', (row) => 30 * (1 + (row % 4))),
    make.flag('IsAllDayEvent', 'All-Day Event'),
    make.text('Location', 'Location', 255, make.oneOf(draw, PLACES, 30)),
  ]);
}

/** The real Who and What lead to many objects; here they lead to contacts and accounts. */
function activity(
  world: World,
  name: string,
  prefix: string,
  isArchived: (row: number) => boolean,
  fields: Field[],
): ObjectDefinition {
  const draw = world.draw(`${name} subject`);
  return {
    name,
    label: name,
    labelPlural: `${name}s`,
    prefix,
    createable: true,
    updateable: true,
    deletable: true,
    isArchived,
    fields: [
      ...identityFields(world, name, 'Activity'),
      make.lookup('WhoId', 'Name ID', 'Contact', 'Who', world.someIdOf('Contact', `${name} who`, 20), {
        childName: `${name}s`,
      }),
      make.lookup('WhatId', 'Related To ID', 'Account', 'What', world.someIdOf('Account', `${name} what`, 40), {
        childName: `${name}s`,
      }),
      make.text('Subject', 'Subject', 255, (row) => pick(SUBJECTS, draw(row)), { nameField: true }),
      ownerField(world, name),
      make.longText('Description', 'Description', 32_000),
      make.flag('IsArchived', 'Archived', isArchived, READ_ONLY),
      ...stampFields(world, name),
      ...fields,
    ],
  };
}
