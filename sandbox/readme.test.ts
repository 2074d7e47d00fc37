import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { Sandbox } from './sandbox.ts';
import { contextWith } from './testing.ts';

const readme = await readFile(new URL('./README.md', import.meta.url), 'utf8');
const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';

test('the calls of the README give what it says', async () => {
  const sandbox = new Sandbox({ workers: 1 });
  const context = contextWith();
  const calls = [...example.matchAll(/^await sandbox\.(evaluate|render)\(\{ \w+: '(.*)', context \}\); +\/\/ (.*)$/gm)];
  expect(calls).toHaveLength(3);
  for (const [, name, text = '', expected = ''] of calls) {
    const request = { expression: text, template: text, context };
    const result = name === 'render' ? await sandbox.render(request) : await sandbox.evaluate(request);
    const shown = Object.entries(result).map(([key, value]) => `${key}: ${JSON.stringify(value).replaceAll('"', "'")}`);
    expect(`{ ${shown.join(', ')}`).toContain(expected.replace(/(, …)? \}$/, ''));
  }
  await sandbox.close();
});

test('the README names every function that a script sees', async () => {
  const sandbox = new Sandbox({ workers: 1 });
  const { vars } = contextWith();
  const ofLanguage = 'Reflect.ownKeys(globalThis).filter((name) => /^[a-z]/.test(String(name))).sort()';
  const result = await sandbox.evaluate({ expression: ofLanguage, context: contextWith({ vars }) });
  const known = ['decodeURI', 'decodeURIComponent', 'encodeURI', 'encodeURIComponent', 'escape', 'eval', 'globalThis'];
  const language = new Set([...known, 'isFinite', 'isNaN', 'parseFloat', 'parseInt', 'undefined', 'unescape']);
  const names = (result.ok ? (result.value as string[]) : []).filter((name) => !language.has(name));
  expect(names).toContain('formatDate');
  for (const name of names) expect(readme).toContain(`\`${name}`);
  await sandbox.close();
});
