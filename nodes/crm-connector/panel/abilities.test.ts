import { expect, it } from 'vitest';
import { defaults } from '../config.ts';
import { fitted } from './abilities.ts';

it('what a CRM would refuse is taken out of the settings, and nothing else', () => {
  const drawn = {
    ...defaults,
    everything: true,
    object: 'contact',
    export: { ...defaults.export, assignmentRule: '01Q', mode: 'upsert' as const },
  };
  const left = fitted(drawn, () => false);
  expect(left).toMatchObject({ everything: false, object: 'contact' });
  expect(left.export).toMatchObject({ assignmentRule: '', mode: 'upsert' });
  expect(fitted(drawn, () => true)).toEqual(drawn);
});
