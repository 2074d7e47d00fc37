import { afterAll, expect, test } from 'vitest';
import { Sandbox } from './sandbox.ts';
import { contextWith } from './testing.ts';
import type { SandboxLimits } from './types.ts';

const sandbox = new Sandbox({ workers: 1 });
afterAll(() => sandbox.close());

const render = (template: string, limits?: SandboxLimits) =>
  sandbox.render({ template, context: contextWith(), limits });

test.each([
  ['LASTIMPORT_<%=instance.internalName%>_<%=activityName%>', 'LASTIMPORT_contactSync_script1'],
  ['<% for (const n of [1, 2]) { %>line <%= n %>\n<% } %>end', 'line 1\nline 2\nend'],
  ['<% if (vars.count > 5) { %>many<% } else { %>few<% } %>', 'few'],
  [
    '[<%= null %><%= undefined %>] <%= new Date(0) %> <%= { a: 1 } %> <%= 0 %>',
    '[] 1970-01-01T00:00:00.000Z {"a":1} 0',
  ],
  ['100 <%% and %> "quotes" \\ `x` $ é\u2028', '100 <% and %> "quotes" \\ `x` $ é\u2028'],
  ['<%= vars.country // the country\n%>', 'France'],
  ['<%= formatDate(new Date(), "%4Y/%2M/%2D") %>', '2026/03/08'],
])('%s is rendered', async (template, value) => {
  expect(await render(template)).toEqual({ ok: true, value });
});

test('text without tags needs no thread', async () => {
  const closed = new Sandbox();
  await closed.close();
  expect(await closed.render({ template: 'plain % > text', context: contextWith() })).toEqual({
    ok: true,
    value: 'plain % > text',
  });
});

test('an error names the line of the template', async () => {
  expect(await render('one\n<% if (true) { %>\nthree <%= vars.none.x %>\n<% } %>')).toMatchObject({
    ok: false,
    reason: 'error',
    line: 3,
  });
  expect(await render('one\ntwo <% const a = 1;\nconst b = vars.none.x; %>')).toMatchObject({ line: 3 });
});

test('a template that cannot be compiled names the line', async () => {
  expect(await render('one\n\n<%= vars.country')).toEqual({
    ok: false,
    reason: 'syntax',
    message: 'A <% has no %>.',
    line: 3,
  });
  expect(await render('one\n<%= 1 + %>')).toMatchObject({ ok: false, reason: 'syntax' });
});

test('endless text ends at the limit', async () => {
  expect(await render('<% for (;;) { %>more <% } %>', { resultBytes: 10_000 })).toMatchObject({
    ok: false,
    reason: 'result',
    message: 'The result is refused: larger than 10000 characters of text.',
  });
});
