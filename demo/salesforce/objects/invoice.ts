import { mix } from '../../kit/random.ts';
import type { World } from '../generated/world.ts';
import * as make from './fields.ts';
import { customObject, type ObjectDefinition } from './object.ts';

const STATES = ['Draft', 'Sent', 'Paid', 'Overdue'];

/** An object of an installed package: its names carry the package's namespace. */
export function invoice(world: World): ObjectDefinition {
  const named = { name: 'ns__Invoice__c', label: 'Invoice', labelPlural: 'Invoices' };
  const draw = world.draw('Invoice');
  return customObject(world, named, 'INV', [
    make.lookup(
      'ns__Account__c',
      'Account',
      'Account',
      'ns__Account__r',
      world.someIdOf('Account', 'Invoice account'),
      {
        childName: 'ns__Invoices__r',
        onParentDelete: 'cascade',
      },
    ),
    make.lookup(
      'ns__Subscription__c',
      'Subscription',
      'Subscription__c',
      'ns__Subscription__r',
      world.someIdOf('Subscription__c', 'Invoice subscription', 20),
      { childName: 'ns__Invoices__r' },
    ),
    make.currency('ns__Amount__c', 'Amount', make.amount(draw, 20_000)),
    make.choice('ns__State__c', 'State', STATES, make.oneOf(world.draw('Invoice state'), STATES)),
    make.day('ns__Due_Date__c', 'Due Date', make.dayBetween(world.draw('Invoice due'), 2023, 2026)),
    make.text('ns__Reference__c', 'Reference', 40, (row) => `RF${mix(draw(row), 3) % 100}-${row}`, {
      externalId: true,
    }),
  ]);
}
