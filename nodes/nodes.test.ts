/** What holds for every node type, found by folder: its definition here, its run in running.test.ts. */
import { existsSync, readdirSync } from 'node:fs';
import * as icons from '@tabler/icons-react';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FormField } from '../contract/form.ts';
import { readPath, writePath } from '../contract/form.ts';
import type { CheckScope, InputColumns, NodeDefinition } from '../contract/node.ts';
import { columnSchema } from '../contract/types.ts';
import type { WorkflowNode } from '../contract/workflow.ts';
import { readExample } from '../test/harness/example.ts';

const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(`${import.meta.dirname}/${entry.name}/definition.ts`))
  .map((entry) => entry.name);

const loaded = await Promise.all(
  folders.map(async (type) => {
    const { definition } = (await import(`./${type}/definition.ts`)) as {
      definition: NodeDefinition<Record<string, unknown>>;
    };
    return { type, definition, example: await readExample(type) };
  }),
);

const inputColumns: InputColumns[] = [
  { fromNode: 'before', port: 'success', columns: [{ name: 'Unrelated', label: 'Unrelated', type: 'text' }] },
];
const rubbish = fc.oneof(fc.jsonValue(), fc.constantFrom(undefined, Number.NaN, [null], [{}], ['__proto__']));

/** Every path of a config that holds a value, the lists' items among them. */
function pathsOf(value: unknown, prefix = ''): string[] {
  const entries = value !== null && typeof value === 'object' ? Object.entries(value) : [];
  return entries.flatMap(([key, inner]) => [`${prefix}${key}`, ...pathsOf(inner, `${prefix}${key}.`)]);
}

const unknownAround = { connections: null, workflows: null, workflow: 'drawn' };

describe.each(loaded)('$type', ({ type, definition, example }) => {
  const { defaults } = definition;
  /** A config with some of its settings replaced by anything. */
  const broken = fc
    .array(fc.tuple(fc.constantFrom('nothing', ...pathsOf({ ...defaults, ...example.config })), rubbish), {
      minLength: 1,
      maxLength: 4,
    })
    .map((changes) =>
      changes.reduce<unknown>((config, [path, value]) => writePath(config, path, value), {
        ...defaults,
        ...example.config,
      }),
    );
  const anyConfig = fc.oneof(
    broken,
    rubbish,
    fc.dictionary(fc.constantFrom(...Object.keys(defaults), 'more'), rubbish),
  );
  const given = (config: unknown) => config as Record<string, unknown>;
  const anyInputs = fc.array(
    fc.record({
      fromNode: fc.string(),
      port: fc.string(),
      columns: fc.option(
        fc.array(
          fc.record({ name: fc.string({ minLength: 1 }), label: fc.string(), type: fc.constant('text' as const) }),
        ),
      ),
    }),
    { maxLength: 3 },
  );

  it('is called like its folder, has a known icon and says in a sentence what it does', () => {
    expect(definition.type).toBe(type);
    expect(icons).toHaveProperty(definition.icon);
    expect(definition.description).toMatch(/^[A-Z].{10,140}\.$/);
    expect(definition.keywords.length).toBeGreaterThan(2);
    expect(definition.keywords.map((word) => word.toLowerCase())).toEqual(definition.keywords);
  });

  it('accepts its own defaults, or names the settings that a person has to give', () => {
    const parsed = definition.config.safeParse(defaults);
    for (const issue of parsed.error?.issues ?? []) {
      expect(defaults).toHaveProperty(String(issue.path[0]));
      expect(issue.message).toMatch(/^[a-z"].*[^.]$/);
    }
    expect(definition.config.safeParse({ ...defaults, ...example.config }).error?.issues).toBeUndefined();
  });

  it('parses what it has parsed to the same', () => {
    const once = definition.config.parse({ ...defaults, ...example.config });
    expect(definition.config.parse(JSON.parse(JSON.stringify(once)))).toEqual(once);
  });

  it('names each port once, and each announced column belongs to a port', () => {
    fc.assert(
      fc.property(anyConfig, anyInputs, (config, inputs) => {
        const ports = definition.ports(given(config));
        const names = ports.map((port) => port.name);
        expect(new Set(names).size).toBe(names.length);
        expect(names.every((name) => name.length >= 1 && name.length <= 64)).toBe(true);
        const columns = definition.columns(given(config), inputs);
        expect(Object.keys(columns).filter((name) => !names.includes(name))).toEqual([]);
        expect(ports.filter((port) => !port.rows && (columns[port.name] ?? []).length > 0)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('draws whatever config comes along: ports, columns, summary and schedule never throw', () => {
    fc.assert(
      fc.property(anyConfig, anyInputs, (config, inputs) => {
        definition.ports(given(config));
        definition.columns(given(config), inputs);
        definition.schedule?.(given(config));
        expect(definition.summary(given(config))).toMatch(/^[^\n]{0,140}$/);
      }),
      { numRuns: 500 },
    );
  });

  it('announces columns that a table can have, no name twice', () => {
    const columns = definition.columns({ ...defaults, ...example.config }, [
      { fromNode: 'before', port: 'success', columns: example.input?.columns ?? [] },
    ]);
    for (const list of Object.values(columns)) {
      for (const column of list ?? []) expect(columnSchema.safeParse(column).success).toBe(true);
      expect(new Set(list?.map((column) => column.name)).size).toBe(list?.length ?? 0);
    }
  });

  it('says in one short line what it will do', () => {
    for (const config of [defaults, { ...defaults, ...example.config }]) {
      expect(definition.summary(config)).toMatch(/^[^\n]{1,80}$/);
    }
  });

  it('refuses a wrong config with the path of a setting and half a sentence', () => {
    fc.assert(
      fc.property(broken, (config) => {
        for (const issue of definition.config.safeParse(config).error?.issues ?? []) {
          if (issue.path.length === 0) continue;
          expect([...Object.keys(defaults), ...Object.keys(given(config))]).toContain(issue.path[0]);
          expect(issue.message).not.toBe('');
        }
      }),
      { numRuns: 200 },
    );
  });

  it('names problems at paths that the config has', () => {
    const config = definition.config.parse({ ...defaults, ...example.config });
    const node: WorkflowNode = { id: 'n1', type, name: 'node', label: 'Node', x: 0, y: 0, config: {} };
    const scopes: CheckScope[] = [
      { node, inputs: inputColumns, connections: [], workflows: [], workflow: 'drawn' },
      { node, inputs: [], ...unknownAround },
    ];
    for (const issue of scopes.flatMap((scope) => definition.check?.(config, scope) ?? [])) {
      expect(issue.nodeId).toBe('n1');
      expect(readPath(config, issue.path ?? '')).toBeDefined();
    }
  });

  it('checks any config that its schema accepts without throwing', () => {
    const node: WorkflowNode = { id: 'n1', type, name: 'node', label: 'Node', x: 0, y: 0, config: {} };
    fc.assert(
      fc.property(broken, anyInputs, (config, inputs) => {
        const parsed = definition.config.safeParse(config);
        if (parsed.success) definition.check?.(parsed.data, { node, inputs, ...unknownAround });
      }),
      { numRuns: 300 },
    );
  });

  describe('its form', () => {
    const groups = formGroups(definition.form, { ...defaults });

    it('has fields and conditions that are paths of the config', () => {
      for (const { fields, initial } of groups) {
        for (const field of fields) {
          expect({ path: field.name, found: readPath(initial, field.name) !== undefined }).toEqual({
            path: field.name,
            found: true,
          });
          if (field.when) expect(readPath(initial, field.when.name)).toBeDefined();
        }
      }
    });

    it('names the consequence or the thing, and never a path twice under the same condition', () => {
      for (const { fields } of groups) {
        const keys = fields.map((field) => `${field.name} ${JSON.stringify(field.when ?? null)}`);
        expect(new Set(keys).size).toBe(keys.length);
        for (const field of fields) {
          expect(field.label).not.toBe('');
          if (field.hint) expect(field.hint).toMatch(/[.!?]$/);
          const hints = [field.hint, ...(field.kind === 'choice' ? field.choices.map(({ hint }) => hint) : [])];
          expect(hints.join(' '), 'hints are shown as they are written').not.toContain('`');
        }
      }
    });

    const hasPanel = existsSync(`${import.meta.dirname}/${type}/Panel.tsx`);
    it(hasPanel ? 'may leave settings to its panel' : 'reaches every setting', () => {
      const reached = new Set(definition.form.map((field) => field.name.split('.')[0]));
      const missing = Object.keys(defaults).filter((name) => !reached.has(name));
      expect(hasPanel ? [] : missing).toEqual([]);
    });

    it('offers only choices that the config accepts', () => {
      for (const field of definition.form) {
        if (field.kind !== 'choice') continue;
        for (const { value } of field.choices) {
          const config = writePath({ ...defaults, ...example.config }, field.name, value);
          const issues = definition.config.safeParse(config).error?.issues ?? [];
          expect(issues.filter((issue) => issue.path.join('.') === field.name)).toEqual([]);
        }
        expect(field.choices.map((choice) => choice.value)).toContain(readPath(defaults, field.name));
      }
    });
  });
});

interface FormGroup {
  fields: readonly FormField[];
  /** The config, or a new item of a list. */
  initial: unknown;
}

/** The form itself and the small forms of its lists. */
function formGroups(fields: readonly FormField[], initial: unknown): FormGroup[] {
  const lists = fields.flatMap((field) => (field.kind === 'list' ? formGroups(field.item, field.initial) : []));
  return [{ fields, initial }, ...lists];
}
