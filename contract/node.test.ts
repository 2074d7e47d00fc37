import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineNode, parsedConfig } from './node.ts';

const definition = defineNode({
  type: 'sample',
  label: 'Sample',
  description: 'A sample.',
  group: 'data',
  icon: 'IconCloud',
  keywords: [],
  config: z.strictObject({
    name: z.string().min(1),
    retry: z.strictObject({ attempts: z.number(), pause: z.strictObject({ seconds: z.number() }) }),
    columns: z.array(z.string()),
  }),
  defaults: { name: '', retry: { attempts: 3, pause: { seconds: 5 } }, columns: ['a'] },
  form: [],
  inputs: { min: 0, max: null, join: 'each', rows: 'none' },
  starts: null,
  ports: () => [],
  columns: () => ({}),
  summary: () => '',
});

test.each([
  ['a setting', {}, { name: '', retry: { attempts: 3, pause: { seconds: 5 } }, columns: ['a'] }],
  ['a setting of a group', { retry: { attempts: 1 } }, { retry: { attempts: 1, pause: { seconds: 5 } } }],
  ['a group in a group', { retry: { pause: {} } }, { retry: { attempts: 3, pause: { seconds: 5 } } }],
])('what lacks %s is drawn with its default', (_what, config, expected) => {
  const node = { id: 'n', type: 'sample', name: 'n', label: 'N', x: 0, y: 0, config };
  expect(parsedConfig(definition, node)).toMatchObject(expected);
});

test('what was given stays, also what is wrong; a list is not filled', () => {
  const config = { name: 7, columns: [], retry: { pause: 'long' }, other: 1 };
  const node = { id: 'n', type: 'sample', name: 'n', label: 'N', x: 0, y: 0, config };
  expect(parsedConfig(definition, node)).toEqual({
    name: 7,
    columns: [],
    retry: { attempts: 3, pause: 'long' },
    other: 1,
  });
});
