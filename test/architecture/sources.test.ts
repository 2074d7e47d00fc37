import { describe, expect, it } from 'vitest';
import { findNames } from './literals.ts';
import { isCode, isTest, pluginNames, readSource, trackedFiles } from './sources.ts';

const longest = 400;
const product = trackedFiles().filter((path) => isCode(path) && !isTest(path));
const inFolder = (...folders: string[]) =>
  product.filter((path) => folders.some((folder) => path.startsWith(`${folder}/`)));

/** `process.env` in its spellings. */
const readsEnvironment = /\bprocess\s*\??\.\s*env\b|\benv\b[^=;]*\}\s*=\s*process\b|from\s+['"](node:)?process['"]/;
/** libuv reads it once, from the process itself, so an entry has no other way to set it. */
const setsThreads = /^process\.env\.UV_THREADPOOL_SIZE \?\?= '\d+';$/gm;

describe('the sources', () => {
  it('have no file that is hard to take in at once', () => {
    const lengths = product.map((path) => ({ path, lines: readSource(path).split('\n').length - 1 }));
    expect(lengths.filter(({ lines }) => lines > longest)).toEqual([]);
  });

  it('never ask in engine or editor what type a node is, or what kind a connection is', () => {
    const names = pluginNames();
    // The data plane knows no nodes: a union is an operation of relations there.
    const asked = inFolder('server', 'editor').filter((path) => !path.startsWith('server/tables/'));
    const found = asked.flatMap((path) => findNames(path, readSource(path), names).map((line) => `${path}:${line}`));
    expect(found).toEqual([]);
  });

  it('read the environment in server/config.ts only', () => {
    const folders = ['cli', 'connectors', 'contract', 'demo', 'editor', 'nodes', 'sandbox', 'server'];
    const readers = inFolder(...folders).filter((path) =>
      readsEnvironment.test(readSource(path).replaceAll(setsThreads, '')),
    );
    expect(readers.filter((path) => path !== 'server/config.ts')).toEqual([]);
  });

  it('are named by their language: kebab-case folders of plugins, camelCase or PascalCase files', () => {
    const folders = trackedFiles()
      .map((path) => /^(?:nodes|connectors)\/([^/]+)\//.exec(path)?.[1])
      .filter((name) => name !== undefined);
    expect(folders.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))).toEqual([]);
    const vague = product.filter((path) => /(^|\/)(utils?|helpers?|common|managers?)(\/|\.[a-z]+$)/i.test(path));
    expect(vague).toEqual([]);
  });

  it('carry no note of unfinished work and no switched-off check', () => {
    const unfinished = /\b(TODO|FIXME|XXX|HACK)\b|@ts-(ignore|expect-error|nocheck)|biome-ignore/;
    expect(
      inFolder(
        'bin',
        'cli',
        'connectors',
        'contract',
        'demo',
        'editor',
        'nodes',
        'sandbox',
        'scripts',
        'server',
      ).filter((path) => unfinished.test(readSource(path))),
    ).toEqual([]);
  });
});

describe('the search for type names', () => {
  const names = ['dedupe', 'wait', 'salesforce'];
  it.each([
    ["if (node.type === 'dedupe') run();", ["1: 'dedupe'"]],
    ["if ('wait' === node.type) run();", ["1: 'wait'"]],
    ["switch (connection.kind) {\n  case 'wait':\n}", ["2: 'wait'"]],
    ["const special = new Set(['salesforce']);", ["1: 'salesforce'"]],
    ['const special = `dedupe`;', ["1: 'dedupe'"]],
  ])('finds %j', (text, expected) => {
    expect(findNames('planted.ts', text, names)).toEqual(expected);
  });

  it.each([
    ["import { run } from 'dedupe';"],
    ["task.state = 'wait';"],
    ["if (key === 'wait') stop();"],
    ['// about wait and dedupe'],
    ["const label = 'wait for it';"],
  ])('leaves %j alone', (text) => {
    expect(findNames('planted.ts', text, names)).toEqual([]);
  });
});

describe('the search for readers of the environment', () => {
  it.each([
    ['const port = process.env.PORT;'],
    ['const { env } = process;'],
    ['const { argv, env: variables } = process;'],
    ["import { env } from 'node:process';"],
    ["import process from 'process';"],
  ])('finds %j', (text) => {
    expect(readsEnvironment.test(text)).toBe(true);
  });

  it('lets an entry set the number of threads', () => {
    expect(readsEnvironment.test("process.env.UV_THREADPOOL_SIZE ??= '16';".replaceAll(setsThreads, ''))).toBe(false);
  });
});
