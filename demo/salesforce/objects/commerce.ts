import { mix, pick } from '../../kit/random.ts';
import type { World } from '../generated/world.ts';
import { type Field, REQUIRED } from './field.ts';
import * as make from './fields.ts';
import { identityFields, type ObjectDefinition, ownerField, stampFields } from './object.ts';

const WARES = ['Pump', 'Ventil', 'Capteur', 'Cable 3/4"', 'Filter', 'Bolt M8 × 40'];
const FAMILIES = ['Hardware', 'Spare parts', 'Services'];
const CATEGORIES = ['Pumps', 'Valves', 'Sensors', 'Cables', 'Filters', 'Fasteners'];
const CART_STATES = ['Active', 'Checkout', 'Closed', 'PendingClosed'];

/** An object of Commerce Cloud: standard fields around its own. */
function commerceObject(world: World, name: string, label: string, fields: Field[], isOwned = false): ObjectDefinition {
  return {
    name,
    label,
    labelPlural: label.endsWith('y') ? `${label.slice(0, -1)}ies` : `${label}s`,
    prefix: world.population(name).prefix,
    createable: true,
    updateable: true,
    deletable: true,
    fields: [
      ...identityFields(world, name, label),
      ...(isOwned ? [ownerField(world, name)] : []),
      ...stampFields(world, name),
      ...fields,
    ],
  };
}

export function product(world: World): ObjectDefinition {
  const draw = world.draw('Product');
  return commerceObject(world, 'Product2', 'Product', [
    make.text('Name', 'Product Name', 255, (row) => `${pick(WARES, draw(row))} ${100 + row}`, {
      ...REQUIRED,
      nameField: true,
    }),
    make.text('ProductCode', 'Product Code', 255, (row) => `P-${1000 + row}`),
    make.text('StockKeepingUnit', 'Product SKU', 180, (row) => `SKU${row * 7}`, { externalId: true, unique: true }),
    make.choice('Family', 'Product Family', FAMILIES, make.oneOf(draw, FAMILIES, 10)),
    make.flag('IsActive', 'Active', (row) => row % 9 !== 0),
    make.longText('Description', 'Product Description', 4000),
  ]);
}

export function productCategory(world: World): ObjectDefinition {
  const { idOf } = world.population('ProductCategory');
  const roots = CATEGORIES.length;
  return commerceObject(world, 'ProductCategory', 'Product Category', [
    make.text('Name', 'Name', 255, (row) => `${CATEGORIES[row % roots]}${row < roots ? '' : ` ${row}`}`, {
      ...REQUIRED,
      nameField: true,
    }),
    make.lookup(
      'ParentCategoryId',
      'Parent Category ID',
      'ProductCategory',
      'ParentCategory',
      (row) => (row < roots ? null : idOf(row % roots)),
      { childName: 'ChildCategories', indexed: false },
    ),
    make.flag('IsNavigational', 'Show in Menu', (row) => row % 3 !== 0),
    make.integer('SortOrder', 'Sort Order', (row) => row + 1),
  ]);
}

export function webStore(world: World): ObjectDefinition {
  return commerceObject(world, 'WebStore', 'Store', [
    make.text('Name', 'Name', 255, (row) => ['Partner shop', 'Endkundenshop'][row % 2]!, {
      ...REQUIRED,
      nameField: true,
    }),
    make.choice('Type', 'Store Type', ['B2B', 'B2C'], (row) => (row % 2 === 0 ? 'B2B' : 'B2C')),
    make.text('DefaultLanguage', 'Default Language', 10, (row) => (row % 2 === 0 ? 'en_US' : 'de')),
    make.choice('DefaultCurrency', 'Default Currency', ['EUR', 'USD'], () => 'EUR'),
  ]);
}

export function webCart(world: World): ObjectDefinition {
  const draw = world.draw('WebCart');
  const fields = [
    make.text('Name', 'Name', 255, (row) => `Cart ${row + 1}`, { ...REQUIRED, nameField: true }),
    make.lookup('WebStoreId', 'Store ID', 'WebStore', 'WebStore', world.someIdOf('WebStore', 'WebCart store'), {
      childName: 'WebCarts',
      onParentDelete: 'restrict',
    }),
    make.lookup('AccountId', 'Account ID', 'Account', 'Account', world.someIdOf('Account', 'WebCart account'), {
      childName: 'WebCarts',
    }),
    make.choice('Status', 'Status', CART_STATES, make.oneOf(draw, CART_STATES)),
    make.choice('CurrencyIsoCode', 'Currency ISO Code', ['EUR', 'USD'], () => 'EUR'),
    make.currency('TotalAmount', 'Total Amount', make.amount(world.draw('WebCart total'), 9000)),
  ];
  return commerceObject(world, 'WebCart', 'Cart', fields, true);
}

export function cartItem(world: World): ObjectDefinition {
  const draw = world.draw('CartItem');
  return commerceObject(world, 'CartItem', 'Cart Item', [
    make.text('Name', 'Name', 255, (row) => pick(WARES, draw(row)), { ...REQUIRED, nameField: true }),
    make.lookup('CartId', 'Cart ID', 'WebCart', 'Cart', world.someIdOf('WebCart', 'CartItem cart'), {
      childName: 'CartItems',
      onParentDelete: 'cascade',
    }),
    make.lookup('Product2Id', 'Product ID', 'Product2', 'Product2', world.someIdOf('Product2', 'CartItem product'), {
      childName: 'CartItems',
    }),
    make.number('Quantity', 'Quantity', 16, 2, (row) => 1 + (mix(draw(row), 1) % 9)),
    make.currency('SalesPrice', 'Sales Price', make.amount(draw, 900)),
    make.text('Sku', 'Sku', 180, (row) => `SKU${(row % 60) * 7}`),
  ]);
}
