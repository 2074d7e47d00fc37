import { expect, it } from 'vitest';
import { definition } from './definition.ts';

it('has an output that is not drawn, and says where it goes', () => {
  expect(definition.ports({}).map(({ name, drawn }) => ({ name, drawn }))).toEqual([{ name: 'jump', drawn: false }]);
  expect(definition.summary({ name: 'again' })).toBe('to again');
  expect(definition.jump?.({ name: 'again' })).toEqual({ point: 'out', name: 'again' });
});

it('needs a name', () => {
  expect(definition.config.safeParse({ name: ' ' }).error?.issues.map((issue) => issue.message)).toEqual([
    'give the jump a name or a number',
  ]);
});
