import { mix } from '../../kit/random.ts';
import type { World } from '../generated/world.ts';
import type { Field } from './field.ts';
import * as make from './fields.ts';
import { customObject, type ObjectDefinition } from './object.ts';

const QUESTIONS = 520;
const ANSWERS = ['Yes', 'No', 'Perhaps', 'Weiß nicht'];

/** So many fields with so long names that a query of all of them is longer than a URI may be. */
export function surveyResponse(world: World): ObjectDefinition {
  const named = { name: 'Survey_Response__c', label: 'Survey Response', labelPlural: 'Survey Responses' };
  return customObject(world, named, 'SR', [
    make.lookup('Contact__c', 'Contact', 'Contact', 'Contact__r', world.someIdOf('Contact', 'Survey contact'), {
      childName: 'Survey_Responses__r',
    }),
    ...Array.from({ length: QUESTIONS }, (_, i) => question(world, i + 1)),
  ]);
}

function question(world: World, number: number): Field {
  const draw = world.draw(`Survey question ${number}`);
  const name = `Answer_To_Question_${String(number).padStart(3, '0')}_In_Survey__c`;
  const label = `Answer ${number}`;
  const isAnswered = (row: number): boolean => mix(draw(row), 1) % 3 !== 0;
  switch (number % 5) {
    case 0:
      return make.number(name, label, 18, 2, (row) => (isAnswered(row) ? (draw(row) % 10_000) / 100 : null));
    case 1:
      return make.choice(name, label, ANSWERS, make.oneOf(draw, ANSWERS, 40));
    case 2:
      return make.flag(name, label, (row) => draw(row) % 2 === 0);
    case 3:
      return make.day(name, label, make.dayBetween(draw, 2020, 2026, 40));
    default:
      return make.text(name, label, 255, (row) => (isAnswered(row) ? `Answer ${number}, "row" ${row}` : null));
  }
}
