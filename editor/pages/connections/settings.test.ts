import { expect, test } from 'vitest';
import { definition } from '../../../connectors/salesforce/definition.ts';
import { findProblems, initialSettings, settingsToSend } from './settings.ts';

const saved = { instanceUrl: 'https://example.my.salesforce.com', clientId: 'key', apiVersion: '60.0' };

test('a form begins with the defaults, what was saved, and empty secrets', () => {
  expect(initialSettings(definition)).toEqual(definition.defaults);
  expect(initialSettings(definition, { ...saved, clientSecret: 'leaked' })).toEqual({
    ...definition.defaults,
    ...saved,
    clientSecret: '',
  });
});

test('each setting that is wrong has a sentence of its own', () => {
  const problems = findProblems(definition, { ...initialSettings(definition), apiVersion: 'new' }, []);
  expect(Object.keys(problems).sort()).toEqual(['apiVersion', 'clientId', 'clientSecret', 'instanceUrl']);
  for (const problem of Object.values(problems)) expect(problem).toMatch(/^[A-Z].*\.$/);
});

test('a secret may be left empty only while one is set, and is then left out of what is sent', () => {
  const settings = initialSettings(definition, saved);
  expect(findProblems(definition, settings, ['clientSecret'])).toEqual({});
  expect(Object.keys(findProblems(definition, settings, []))).toEqual(['clientSecret']);
  const sent = settingsToSend(definition, settings);
  expect(sent).toMatchObject(saved);
  expect(Object.keys(sent).filter((name) => definition.secrets.includes(name))).toEqual([]);
  expect(settingsToSend(definition, { ...settings, clientSecret: 'new' })).toEqual({ ...sent, clientSecret: 'new' });
});
