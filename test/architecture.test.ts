import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cruise, findDeadCode, type Violation } from './architecture/cruise.ts';
import { lawful, plants, plantTree, props } from './architecture/plants.ts';
import { codeFolders, isCode, root, trackedFiles } from './architecture/sources.ts';

describe('imports in the repository', () => {
  let found: Awaited<ReturnType<typeof cruise>>;
  beforeAll(async () => {
    found = await cruise(root);
  });

  it('are all read: a tool that reads nothing finds nothing', () => {
    const sources = trackedFiles().filter((path) => isCode(path) && path.includes('/'));
    const read = new Set(found.modules);
    const unread = sources.filter((path) => !read.has(path));
    expect(unread.length / sources.length, unread.join('\n')).toBeLessThanOrEqual(0.05);
    expect(sources.length - unread.length).toBeGreaterThan(100);
  });

  it('go only in the directions of the design', () => {
    expect(found.violations.map(({ rule, from, to }) => `${rule}: ${from} → ${to}`)).toEqual([]);
  });

  it('are judged wherever code lies: each top-level folder has its rule', () => {
    const rules = readFileSync(join(root, '.dependency-cruiser.cjs'), 'utf8');
    const folders = new Set(
      trackedFiles()
        .filter((path) => isCode(path) && path.includes('/'))
        .map((path) => path.split('/')[0]),
    );
    const known = [...codeFolders].filter((folder) => rules.includes(`'${folder}'`));
    expect([...folders].filter((folder) => !known.includes(folder as (typeof known)[number]))).toEqual([]);
  });
});

describe('a tree in which every import is allowed', () => {
  it('is accepted', async () => {
    const tree = plantTree(lawful);
    try {
      const { modules, violations } = await cruise(tree.folder);
      expect(violations).toEqual([]);
      expect(modules).toEqual(expect.arrayContaining(Object.keys(lawful)));
    } finally {
      tree.remove();
    }
  });
});

describe('a planted import', () => {
  let tree: ReturnType<typeof plantTree>;
  let violations: Violation[];
  beforeAll(async () => {
    const planted = Object.fromEntries(plants.map(([, file, imported]) => [file, `import '${imported}';`]));
    tree = plantTree({ ...lawful, ...props, ...planted });
    violations = (await cruise(tree.folder)).violations;
  });
  afterAll(() => tree.remove());

  it.each(plants)('is refused by the rule "%s": %s importing %s', (rule, file) => {
    expect(violations.filter((violation) => violation.from === file).map((violation) => violation.rule)).toContain(
      rule,
    );
  });
});

it('every rule has a planted violation', async () => {
  const { default: config } = await import('../.dependency-cruiser.cjs');
  const rules: string[] = config.forbidden.map((rule: { name: string }) => rule.name);
  const planted = new Set<string>(plants.map(([rule]) => rule));
  expect(rules.filter((rule) => !planted.has(rule))).toEqual([]);
});

describe('dead code', () => {
  it('is nowhere in the repository: no file, export or package that nobody uses', async () => {
    expect(await findDeadCode(root)).toEqual([]);
  });

  it('is found when planted', async () => {
    const tree = plantTree({
      ...lawful,
      'server/forgotten.ts': 'export const forgotten = 1;',
      'server/half.ts': 'export const used = 1;\nexport const unused = 2;',
      'cli/main.ts': "import { used } from '../server/half.ts';\nused;",
    });
    try {
      const found = await findDeadCode(tree.folder);
      expect(found).toEqual(
        expect.arrayContaining(['server/forgotten.ts: files server/forgotten.ts', 'server/half.ts: exports unused']),
      );
    } finally {
      tree.remove();
    }
  });
});
