import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadCatalog } from './catalog.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syncline-catalog-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function place(path: string, text: string): Promise<void> {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), text);
}
const load = () => loadCatalog(pathToFileURL(`${folder}/`));

describe('the catalogue', () => {
  it('finds node types and connectors by their folders', async () => {
    await place('nodes/copy/definition.ts', "export const definition = { type: 'copy' };");
    await place('nodes/copy/run.ts', 'export const run = async () => ({ ports: { success: null } });');
    await place('nodes/kit/rows.ts', 'export const nothing = 1;');
    await place('connectors/crm/definition.ts', "export const definition = { kind: 'crm' };");
    await place('connectors/crm/client.ts', "export const open = async () => ({ kind: 'crm' });");
    await place('connectors/kit/repeat.ts', 'export const repeat = 1;');
    const catalog = await load();
    expect([...catalog.nodes.keys()]).toEqual(['copy']);
    expect([...catalog.definitions.keys()]).toEqual(['copy']);
    expect([...catalog.connectors.keys()]).toEqual(['crm']);
    expect(await catalog.nodes.get('copy')?.run({} as never)).toEqual({ ports: { success: null } });
    expect(await catalog.connectors.get('crm')?.open({} as never)).toEqual({ kind: 'crm' });
  });

  it('refuses a folder whose name is not what its definition says', async () => {
    await place('nodes/copy/definition.ts', "export const definition = { type: 'paste' };");
    await place('nodes/copy/run.ts', 'export const run = 1;');
    await expect(load()).rejects.toThrow(/copy.definition\.ts must export a definition whose type is "copy".*"paste"/);
  });

  it('refuses a definition without what runs', async () => {
    await place('connectors/crm/definition.ts', "export const definition = { kind: 'crm' };");
    await expect(load()).rejects.toThrow(/crm.* has a definition\.ts but no client\.ts/);
  });

  it('of this program has every folder, each under its own name', async () => {
    const catalog = await loadCatalog();
    for (const [type, { definition }] of catalog.nodes) expect(definition.type).toBe(type);
    expect(catalog.nodes.size).toBeGreaterThan(5);
  });
});
