import { beforeEach, describe, expect, test } from 'vitest';
import {
  beginCheck,
  changedPaths,
  endCheck,
  isQuiet,
  markFresh,
  settleFresh,
  touchChanged,
  touchLeft,
  useFresh,
} from './freshStore.ts';

const quiet = (path?: string, nodeId = 'n1'): boolean =>
  isQuiet(useFresh.getState().touched, path === undefined ? { nodeId } : { nodeId, path });

describe('problems of a node just added', () => {
  beforeEach(() => {
    settleFresh();
    markFresh('n1');
  });

  test('stay quiet until their field is touched', () => {
    expect(quiet('keys')).toBe(true);
    touchChanged('n1', ['by', 'keys.0.column']);
    endCheck();
    expect(quiet('by')).toBe(false);
    expect(quiet('keys.0.column')).toBe(false);
    expect(quiet('keys')).toBe(false);
    expect(quiet('keys.1.column')).toBe(true);
    expect(quiet('table')).toBe(true);
  });

  test('stay quiet until the drawing is checked as it stands: what is known may be mended', () => {
    touchChanged('n1', ['table']);
    beginCheck();
    touchLeft('n1', 'by');
    expect(quiet('table')).toBe(true);
    expect(quiet('by')).toBe(true);
    endCheck();
    expect(quiet('table')).toBe(false);
    expect(quiet('by')).toBe(false);
  });

  test('that concern the node as a whole stay quiet until the drawing is saved or run', () => {
    touchLeft('n1', 'by');
    expect(quiet()).toBe(true);
    settleFresh();
    expect(quiet()).toBe(false);
    expect(quiet('table')).toBe(false);
  });

  test('of other nodes and of the workflow are never quiet', () => {
    expect(quiet('keys', 'n2')).toBe(false);
    expect(isQuiet(useFresh.getState().touched, {})).toBe(false);
    touchLeft('n2', 'keys');
    expect(useFresh.getState().touched.has('n2')).toBe(false);
  });
});

describe('the paths that an edit touches', () => {
  test('lead to the values that differ', () => {
    const before = { table: 'a', keys: [{ column: '', compare: 'exact' }], filter: { all: [] } };
    expect(changedPaths(before, { ...before, table: 'b' })).toEqual(['table']);
    expect(changedPaths(before, { ...before, keys: [{ column: 'Id', compare: 'exact' }] })).toEqual(['keys.0.column']);
    expect(changedPaths(before, before)).toEqual([]);
  });

  test('end at the list to which an item was added', () => {
    expect(changedPaths({ keys: [] }, { keys: [{ column: '' }] })).toEqual(['keys']);
    expect(changedPaths({}, { table: 'x' })).toEqual(['table']);
  });
});
