import { describe, expect, test } from 'vitest';
import { dropUnsaved, keepUnsaved, readUnsaved, type Unsaved } from './unsaved.ts';

/** A storage in memory, with the browser's own interface. */
function makeStorage(): Storage {
  const items = new Map<string, string>();
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
    clear: () => items.clear(),
    key: (index) => [...items.keys()][index] ?? null,
    get length() {
      return items.size;
    },
  };
}

const workflow = { formatVersion: 1 as const, internalName: 'contacts', label: 'Contacts', nodes: [], transitions: [] };
const unsaved: Unsaved = {
  workflow: { ...workflow, label: 'Mine' },
  base: workflow,
  revision: 4,
  at: '2026-11-21T13:58:00.000Z',
};

describe('unsaved edits in the browser', () => {
  test('are found again by the workflow they belong to, and by no other', () => {
    const storage = makeStorage();
    keepUnsaved(storage, unsaved);
    expect(readUnsaved(storage, 'contacts')).toEqual(unsaved);
    expect(readUnsaved(storage, 'accounts')).toBeNull();
  });

  test('are gone when dropped', () => {
    const storage = makeStorage();
    keepUnsaved(storage, unsaved);
    dropUnsaved(storage, 'contacts');
    expect(readUnsaved(storage, 'contacts')).toBeNull();
  });

  test('that cannot be read are dropped instead of blocking the workflow', () => {
    const storage = makeStorage();
    storage.setItem('syncline:unsaved:contacts', '{half');
    expect(readUnsaved(storage, 'contacts')).toBeNull();
    expect(storage.length).toBe(0);
  });
});
