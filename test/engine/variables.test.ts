/** Variables: of transitions, of the run, of one task; and the templates that read them. */
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FormField } from '../../contract/form.ts';
import { readPath, writePath } from '../../contract/form.ts';
import type { WorkflowNode } from '../../contract/workflow.ts';
import type { NodeContext } from '../../nodes/kit/run.ts';
import type { NodeType } from '../../server/engine/catalog.ts';
import { loadCatalog, makeCatalog } from '../../server/engine/catalog.ts';
import { renderTemplates } from '../../server/engine/templates.ts';
import type { Acts } from './draw.ts';
import { draw } from './draw.ts';
import type { UnderTest } from './engineUnderTest.ts';
import { engineUnderTest, story } from './engineUnderTest.ts';

const acts: Acts = {};
let test: UnderTest;
beforeEach(async () => {
  for (const name of Object.keys(acts)) delete acts[name];
  test = await engineUnderTest(acts);
});
afterEach(() => test.close());

const take = { ports: { success: null } };
const script = (source: string) => async (context: NodeContext) => {
  const { instanceVars } = await context.script({ source });
  const effects = Object.entries(instanceVars).map(
    ([name, value]) => ({ type: 'setInstanceVar', name, value }) as const,
  );
  return { ...take, effects };
};

describe('variables', () => {
  it('travel with their types, a date as text that is a date again, and can be read for each task', async () => {
    acts.a = script(`Object.assign(vars, { text: 'x', number: 1.5, yes: true, none: null, json: { list: [1, 'b'] } });
      vars.date = parseTimeStamp('2026/03/02 08:00:00'); vars.gone = 1; delete vars.gone;`);
    acts.b = script("vars.year = formatDate(vars.date, '%4Y'); vars.sum = vars.number + vars.json.list[0];");
    const run = await test.finish(draw('a -> b'));
    const made = {
      text: 'x',
      number: 1.5,
      yes: true,
      none: null,
      json: { list: [1, 'b'] },
      date: '2026-03-02T08:00:00.000Z',
    };
    expect(run.tasks.map((task) => task.vars)).toEqual([made, { ...made, year: '2026', sum: 2.5 }]);
  });

  it('of the run are shared by all its tasks, also those that run side by side', async () => {
    acts.a = script('instance.vars.first = 1');
    acts.b = script('instance.vars.b = instance.vars.first + 1');
    acts.c = script('instance.vars.c = instance.vars.first + 2');
    expect((await test.finish(draw('a -> b, a -> c'))).instanceVars).toEqual({ first: 1, b: 2, c: 3 });
  });

  it('of a task stay while it waits, can be read, and are seen by no other', async () => {
    const look = script('task.vars.looks = (task.vars.looks ?? 0) + 1; vars.seen = task.vars.looks');
    acts.a = async (context) => {
      await look(context);
      if (context.vars.seen === 3) return take;
      return { waitUntil: context.clock.now().toISOString(), reason: 'the test' };
    };
    acts.b = script('vars.here = Object.keys(task.vars).length');
    const run = await test.finish(draw('a -> b'));
    expect(run.tasks[0]).toMatchObject({ taskVars: { looks: 3 }, vars: { seen: 3 } });
    expect(run.tasks[1]).toMatchObject({ taskVars: {}, vars: { seen: 3, here: 0 } });
  });

  it('that are too large end the task before they fill the control store', async () => {
    for (const name of ['vars', 'instance.vars', 'task.vars']) {
      acts.a = script(`${name}.large = 'x'.repeat(1000001)`);
      expect((await test.finish(draw('a'))).error, name).toMatchObject({
        code: 'VARIABLES_TOO_LARGE',
        details: { what: name, most: 1_000 },
      });
    }
  });
});

describe('an initialization script', () => {
  it('changes variables of the transition and of the task, once, before the node runs', async () => {
    const seen: unknown[] = [];
    acts.a = async (context) => {
      seen.push((await context.evaluate('[vars.n, task.vars.own]')).value);
      return context.wake ? take : { waitUntil: context.clock.now().toISOString(), reason: 'the test' };
    };
    const run = await test.finish(draw('a', { a: { initScript: 'vars.n = (vars.n ?? 0) + 1; task.vars.own = "x"' } }));
    expect(seen).toEqual([
      [1, 'x'],
      [1, 'x'],
    ]);
    expect(run.tasks[0]?.vars).toEqual({ n: 1 });
  });

  it('that fails is an error of its node, handled as the node says', async () => {
    const broken = { initScript: 'logError("no")', onError: 'transition' } as const;
    const run = await test.finish(draw('a, a.error -> z', { a: broken }));
    expect(story(run)).toBe('a failed, z succeeded');
    expect(run.tasks[0]?.error).toMatchObject({ code: 'SCRIPT_FAILED' });
    expect(run.tasks[1]?.vars).toMatchObject({ errorCode: 'SCRIPT_FAILED' });
  });
});

/** Texts that the drawing itself depends on, by node type; a name of a port, a column or a parameter always is one. */
const drawn: Record<string, readonly string[]> = {
  'crm-connector': ['object', 'index.indexField', 'export.key', 'export.newer', 'export.moved.object'],
  // They name what is in the data extension, and how a file is written, which is the same from run to run.
  'data-extension': ['key.attribute', 'attributes.attribute'],
  'extract-file': ['columns.header', 'columns.format', 'otherSeparator'],
  'load-file': ['otherSeparator', 'columns.from', 'columns.format', 'columns.fallback'],
  'external-signal': ['signal', 'parameters.default'],
  // It names the tables, of which no two may be the same, and which keep their place from run to run.
  replicate: ['prefix'],
  // Its settings become a schedule when the workflow is published, before any run.
  scheduler: ['minutes', 'hours', 'from', 'to', 'monthDay', 'at', 'once', 'cron', 'validFrom', 'validTo'],
  'sub-workflow': ['workflow', 'end'],
  'time-constraint': ['from', 'to'],
  'update-data': ['key.destination', 'mapping.destination'],
  // What a call holds, and where: a call is read before any run.
  'incoming-webhook': [
    'path',
    'parameters.from',
    'parameters.default',
    'columns.from',
    'records',
    'eventId',
    'eventType',
    'events.type',
    'events.schema',
  ],
};
const isDrawn = (type: string, name: string): boolean =>
  /(^|[.])name$/.test(name) || (drawn[type]?.includes(name) ?? false);

async function exampleOf(type: string): Promise<Record<string, unknown>> {
  const file = new URL(`../../nodes/${type}/example.json`, import.meta.url);
  return (JSON.parse(await readFile(file, 'utf8')) as { config: Record<string, unknown> }).config;
}

interface Placed {
  field: FormField;
  /** Path in the config; in a list, of its first item. */
  path: string;
  /** Without places in lists. */
  name: string;
}
function placed(form: readonly FormField[], path = '', name = ''): Placed[] {
  return form.flatMap((field) =>
    field.kind === 'list'
      ? placed(field.item, `${path}${field.name}.0.`, `${name}${field.name}.`)
      : [{ field, path: path + field.name, name: name + field.name }],
  );
}

const { nodes } = await loadCatalog();
const templates = [...nodes].flatMap(([type, { definition }]) =>
  placed(definition.form)
    .filter(({ field }) => field.kind === 'template')
    .map((place) => ({ type, definition, ...place })),
);

describe('templates', () => {
  it.each(templates.map((one) => [`${one.type} ${one.name}`, one] as const))(
    'of %s are rendered before the node runs',
    async (_name, { type, definition, field, path }) => {
      let config: Record<string, unknown> = { ...definition.defaults, ...(await exampleOf(type)) };
      for (let { when } = field; when; when = when.and) config = writePath(config, when.name, when.is[0]);
      config = writePath(config, path, 'before <%= vars.x %> after');
      const seen: unknown[] = [];
      const captured: NodeType = {
        definition: { ...definition, inputs: { min: 0, max: null, join: 'each', rows: 'none' }, check: () => [] },
        run: async (context) => {
          seen.push(readPath(context.config, path));
          return { ports: {} };
        },
      };
      const one = await engineUnderTest({}, { catalog: makeCatalog(new Map([[type, captured]])) });
      const place = { id: 'n', type, name: 'n', label: 'n', x: 0, y: 0, initScript: 'vars.x = "<%= 1 + 1 %>"' };
      const node: WorkflowNode = { ...place, config: config as WorkflowNode['config'] };
      const run = await one.finish({
        formatVersion: 1,
        internalName: 'one',
        label: 'One',
        nodes: [node],
        transitions: [],
      });
      await one.close();
      expect(run.state, JSON.stringify(run.error)).toBe('succeeded');
      // What a template gives is never taken for one.
      expect(seen).toEqual(['before <%= 1 + 1 %> after']);
    },
  );

  it('are all text fields but those that the drawing depends on', () => {
    const others = [...nodes].flatMap(([type, { definition }]) =>
      placed(definition.form)
        .filter(({ field, name }) => field.kind === 'text' && !isDrawn(type, name))
        .map(({ name }) => `${type} ${name}`),
    );
    expect(others).toEqual([]);
  });

  it('that are hidden are left alone, and so is what is no template', async () => {
    const form: FormField[] = [
      { kind: 'template', name: 'a', label: 'A', when: { name: 'mode', is: ['a'] } },
      { kind: 'text', name: 'b', label: 'B' },
      {
        kind: 'list',
        name: 'items',
        label: 'I',
        addLabel: '',
        initial: {},
        item: [{ kind: 'template', name: 't', label: 'T' }],
      },
    ];
    const config = { mode: 'x', a: 'a', b: 'b', items: [{ t: 't', other: 1 }, { t: 'u' }] };
    expect(await renderTemplates(form, config, async (text) => text.toUpperCase())).toEqual({
      ...config,
      items: [{ t: 'T', other: 1 }, { t: 'U' }],
    });
  });
});
