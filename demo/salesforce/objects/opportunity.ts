import { mix, pick } from '../../kit/random.ts';
import { makeDescription } from '../generated/prose.ts';
import type { World } from '../generated/world.ts';
import { type Field, READ_ONLY, REQUIRED, type Value } from './field.ts';
import * as make from './fields.ts';
import { identityFields, keyFields, type ObjectDefinition, ownerField, stampFields, viewFields } from './object.ts';
import { LEAD_SOURCES } from './values.ts';

/** Stages with the probability they bring along and the category they are forecast in. */
const STAGES: readonly (readonly [stage: string, probability: number, forecast: string])[] = [
  ['Prospecting', 10, 'Pipeline'],
  ['Qualification', 10, 'Pipeline'],
  ['Needs Analysis', 20, 'Pipeline'],
  ['Proposal/Price Quote', 75, 'Best Case'],
  ['Negotiation/Review', 90, 'Commit'],
  ['Closed Won', 100, 'Closed'],
  ['Closed Lost', 0, 'Omitted'],
];
const STAGE_NAMES = STAGES.map(([stage]) => stage);
const TYPES = ['Existing Customer - Upgrade', 'Existing Customer - Replacement', 'New Customer'];
const WISHES = ['renewal', 'pilot', 'Erweiterung', '"Phase 2"', 'maintenance', 'déploiement'];

export function opportunity(world: World): ObjectDefinition {
  return {
    name: 'Opportunity',
    label: 'Opportunity',
    labelPlural: 'Opportunities',
    prefix: '006',
    createable: true,
    updateable: true,
    deletable: true,
    complete: (values) => {
      if (values.StageName && values.Probability === undefined) values.Probability = of(values.StageName)[1];
    },
    fields: [
      ...identityFields(world, 'Opportunity', 'Opportunity'),
      ...dealFields(world),
      ...stageFields(world),
      ownerField(world, 'Opportunity'),
      ...stampFields(world, 'Opportunity'),
      ...viewFields(),
      ...keyFields(world, 'Opportunity', 'O'),
      make.currency('Margin__c', 'Margin', make.amount(world.draw('Opportunity margin'), 9000, 50)),
      make.instant('Quote_Sent__c', 'Quote Sent', (row) =>
        row % 4 === 0 ? world.history('Opportunity').at(row).modified - 3600 : null,
      ),
      make.flag('Is_Renewal__c', 'Is Renewal', make.sometimes(world.draw('Opportunity renewal'), 25)),
    ],
  };
}

function dealFields(world: World): Field[] {
  const draw = world.draw('Opportunity deal');
  const accounts = world.population('Account');
  const company = (row: number): number => accounts.liveRow(mix(draw(row), 1) % accounts.live);
  const name = (row: number): string => `${world.companies.name(company(row)).trim()} – ${pick(WISHES, draw(row))}`;
  const description = world.draw('Opportunity description');
  return [
    make.lookup('AccountId', 'Account ID', 'Account', 'Account', (row) => accounts.idOf(company(row)), {
      childName: 'Opportunities',
      onParentDelete: 'cascade',
    }),
    make.text('Name', 'Name', 120, name, { ...REQUIRED, nameField: true }),
    make.longText('Description', 'Description', 32_000, (row) => makeDescription(description(row))),
    make.choice('Type', 'Opportunity Type', TYPES, make.oneOf(world.draw('Opportunity type'), TYPES, 30)),
    make.text('NextStep', 'Next Step', 255),
    make.choice(
      'LeadSource',
      'Lead Source',
      LEAD_SOURCES,
      make.oneOf(world.draw('Opportunity source'), LEAD_SOURCES, 30),
    ),
    make.day('CloseDate', 'Close Date', make.dayBetween(world.draw('Opportunity close'), 2022, 2027), REQUIRED),
    make.lookup('ContactId', 'Contact ID', 'Contact', 'Contact', null, { childName: 'Opportunities', indexed: false }),
    make.text('TrackingNumber__c', 'Tracking Number', 12, (row) => (row % 2 ? null : String(row).padStart(12, '0'))),
    make.number('TotalOpportunityQuantity', 'Quantity', 18, 2, (row) => (row % 5 === 0 ? (row % 700) + 0.5 : null)),
  ];
}

function stageFields(world: World): Field[] {
  const draw = world.draw('Opportunity stage');
  const value = make.amount(world.draw('Opportunity amount'), 180_000, 8);
  const stage = (row: number) => pick(STAGES, draw(row));
  const chance = (read: (name: string) => Value): number => of(read('StageName'))[1];
  const derived = (name: string, label: string, when: (probability: number) => boolean): Field =>
    make.flag(name, label, (row) => when(stage(row)[1]), { ...READ_ONLY, derive: (read) => when(chance(read)) });
  return [
    make.choice('StageName', 'Stage', STAGE_NAMES, (row) => stage(row)[0], REQUIRED),
    make.currency('Amount', 'Amount', value),
    make.percent('Probability', 'Probability (%)', 0, (row) => stage(row)[1]),
    make.currency('ExpectedRevenue', 'Expected Amount', (row) => expected(value(row), stage(row)[1]), {
      derive: (read) => expected(read('Amount'), read('Probability')),
    }),
    derived('IsClosed', 'Closed', (probability) => probability === 0 || probability === 100),
    derived('IsWon', 'Won', (probability) => probability === 100),
    make.text('ForecastCategory', 'Forecast Category', 40, (row) => stage(row)[2], {
      derive: (read) => of(read('StageName'))[2],
    }),
    make.flag('HasOpportunityLineItem', 'Has Line Item', null, READ_ONLY),
    make.integer('FiscalYear', 'Fiscal Year'),
  ];
}

function of(stage: Value): (typeof STAGES)[number] {
  return STAGES.find(([name]) => name === stage) ?? STAGES[0]!;
}

function expected(value: Value, probability: Value): number | null {
  if (typeof value !== 'number' || typeof probability !== 'number') return null;
  return Math.round(value * probability) / 100;
}
