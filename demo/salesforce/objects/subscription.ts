import { mix, pick } from '../../kit/random.ts';
import { makeNote } from '../generated/prose.ts';
import type { World } from '../generated/world.ts';
import { field, type Value } from './field.ts';
import * as make from './fields.ts';
import { customObject, keyFields, type ObjectDefinition } from './object.ts';

const EXTRAS = ['Backup', 'Single sign-on', 'Support 24/7', 'Träger-API'];
const PLANS = ['Free', 'Team', 'Business', 'Enterprise'];

/** A custom object with fields of many types, two of them formulas, and a lookup to a contact. */
export function subscription(world: World): ObjectDefinition {
  const named = { name: 'Subscription__c', label: 'Subscription', labelPlural: 'Subscriptions' };
  const draw = world.draw('Subscription');
  const plan = (row: number): string => pick(PLANS, draw(row));
  const price = (row: number): number => [0, 9.99, 49.5, 1200][PLANS.indexOf(plan(row))]!;
  const seats = (row: number): number => 1 + (mix(draw(row), 1) % 40);
  const yearly = (monthly: Value, count: Value): number => Math.round(Number(monthly) * Number(count) * 1200) / 100;
  return customObject(world, named, 'SUB', [
    make.lookup(
      'Contact__c',
      'Contact',
      'Contact',
      'Contact__r',
      world.someIdOf('Contact', 'Subscription contact', 5),
      {
        childName: 'Subscriptions__r',
      },
    ),
    make.lookup(
      'Account__c',
      'Account',
      'Account',
      'Account__r',
      world.someIdOf('Account', 'Subscription account', 30),
      {
        childName: 'Subscriptions__r',
      },
    ),
    make.choice('Plan__c', 'Plan', PLANS, plan, { restricted: true }),
    make.day('Start_Date__c', 'Start Date', make.dayBetween(world.draw('Subscription start'), 2021, 2026)),
    make.day('End_Date__c', 'End Date', make.dayBetween(world.draw('Subscription end'), 2026, 2029, 60)),
    make.currency('Monthly_Price__c', 'Monthly Price', price),
    make.number('Seats__c', 'Seats', 6, 0, seats),
    make.percent('Discount__c', 'Discount', 1, (row) => (row % 3 === 0 ? (draw(row) % 300) / 10 : null)),
    make.flag('Auto_Renew__c', 'Renews by Itself', make.sometimes(draw, 70)),
    field('Extras__c', 'Extras', 'multipicklist', {
      length: 4099,
      picklist: EXTRAS,
      restricted: true,
      sortable: false,
      generate: (row) => EXTRAS.filter((_extra, i) => (draw(row) >> i) & 1).join(';') || null,
    }),
    field('Call_At__c', 'Call at', 'time', {
      filterable: false,
      generate: (row) => (row % 3 === 0 ? null : `${10 + (row % 9)}:${row % 2 === 0 ? '00' : '30'}:00.000Z`),
    }),
    make.instant('Last_Sign_In__c', 'Last Sign-in', (row) => world.history(named.name).at(row).modified - 4711),
    make.url('Portal__c', 'Portal', (row) => (row % 4 === 0 ? null : `https://portal.example/s/${row}?ö=1&x=%20`)),
    make.longText('Notes__c', 'Notes', 32_768, (row) => (row % 3 === 0 ? makeNote(draw(row), 1 + (row % 5)) : null)),
    make.formula('Yearly_Price__c', 'Yearly Price', 'currency', 'Monthly_Price__c * Seats__c * 12', {
      precision: 18,
      scale: 2,
      generate: (row) => yearly(price(row), seats(row)),
      derive: (read) => yearly(read('Monthly_Price__c'), read('Seats__c')),
    }),
    field('Summary__c', 'Summary', 'string', {
      length: 1300,
      formula: 'Plan__c & " / " & TEXT(Seats__c)',
      derive: (read) => `${read('Plan__c') ?? ''} / ${read('Seats__c') ?? ''}`,
    }),
    ...keyFields(world, named.name, 'U'),
  ]);
}
