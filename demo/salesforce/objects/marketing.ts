import { mix, pick } from '../../kit/random.ts';
import type { World } from '../generated/world.ts';
import { READ_ONLY } from './field.ts';
import * as make from './fields.ts';
import { customObject, type ObjectDefinition } from './object.ts';

const SENDS = ['Spring newsletter', 'Willkommen!', 'Vos avantages', 'Price change', 'Event invitation'];
const STATUSES = ['Scheduled', 'Sent', 'Completed', 'Failed'];

/** What Marketing Cloud Connect writes into the organisation when an e-mail is sent. */
export function sendDefinition(world: World): ObjectDefinition {
  const named = { name: 'et4ae5__SendDefinition__c', label: 'Email Send', labelPlural: 'Email Sends' };
  const history = world.history(named.name);
  return customObject(world, named, 'SD', [
    make.text('et4ae5__EmailName__c', 'Email Name', 255, (row) => `${SENDS[row % SENDS.length]} ${2019 + (row % 8)}`),
    make.text('et4ae5__Subject__c', 'Subject', 255, (row) => `${SENDS[row % SENDS.length]} 📧`),
    make.choice('et4ae5__SendStatus__c', 'Send Status', STATUSES, (row) => (row % 7 === 6 ? 'Failed' : 'Completed')),
    make.instant('et4ae5__SentDate__c', 'Sent Date', (row) => history.at(row).created + 600),
    make.number('et4ae5__NumSent__c', 'Number Sent', 18, 0, (row) => 1000 + row * 137),
  ]);
}

export function emailResult(world: World): ObjectDefinition {
  const named = {
    name: 'et4ae5__IndividualEmailResult__c',
    label: 'Individual Email Result',
    labelPlural: 'Individual Email Results',
  };
  const { name } = named;
  const history = world.history(name);
  const draw = world.draw(name);
  const isOpened = make.sometimes(draw, 40);
  return customObject(world, named, 'IER', [
    make.lookup(
      'et4ae5__Contact__c',
      'Contact',
      'Contact',
      'et4ae5__Contact__r',
      world.someIdOf('Contact', `${name} c`),
      {
        childName: 'et4ae5__IndividualEmailResults__r',
      },
    ),
    make.lookup('et4ae5__Lead__c', 'Lead', 'Lead', 'et4ae5__Lead__r', world.someIdOf('Lead', `${name} lead`, 80), {
      childName: 'et4ae5__IndividualEmailResults__r',
    }),
    make.lookup(
      'et4ae5__SendDefinition__c',
      'Email Send',
      'et4ae5__SendDefinition__c',
      'et4ae5__SendDefinition__r',
      world.someIdOf('et4ae5__SendDefinition__c', `${name} send`),
      { childName: 'et4ae5__IndividualEmailResults__r', onParentDelete: 'cascade' },
    ),
    make.text('et4ae5__SubjectLine__c', 'Subject Line', 255, (row) => pick(SENDS, draw(row))),
    make.instant('et4ae5__DateSent__c', 'Date Sent', (row) => history.at(row).created),
    make.flag('et4ae5__Opened__c', 'Opened', isOpened),
    make.instant('et4ae5__DateOpened__c', 'Date Opened', (row) =>
      isOpened(row) ? history.at(row).created + (mix(draw(row), 1) % 90_000) : null,
    ),
    make.number('et4ae5__NumberOfUniqueClicks__c', 'Unique Clicks', 18, 0, (row) => (isOpened(row) ? row % 4 : 0)),
    make.flag('et4ae5__HardBounce__c', 'Hard Bounce', make.sometimes(world.draw(`${name} bounce`), 3)),
    make.text('et4ae5__TriggeredSendDefinitionName__c', 'Triggered Send', 255, null, READ_ONLY),
  ]);
}
