import { describe, expect, it } from 'vitest';
import { readSelect, selectParameters } from './selectText.ts';

const reasonOf = (sql: string): string | null => {
  const read = readSelect(sql);
  return read.ok ? null : read.reason;
};

describe('a SELECT that a person wrote', () => {
  it.each([
    'SELECT 1',
    'select * from people;',
    'WITH a AS (SELECT 1) SELECT * FROM a -- the end',
    `SELECT ';' AS x, "a;b" /* ; DELETE */ FROM t`,
    "SELECT 'it''s' || name, 1.5e3, x::numeric, a->>'b' FROM t WHERE date '2026-01-01' < d",
    'SELECT "größe", Größe FROM tabelle',
  ])('is one: %s', (sql) => {
    expect(reasonOf(sql)).toBeNull();
  });

  it.each([
    ['', 'write a SELECT'],
    ['  -- nothing', 'write a SELECT'],
    ['DELETE FROM people', 'begin with SELECT (or with WITH … SELECT)'],
    ["ATTACH 'x' AS y", 'begin with SELECT (or with WITH … SELECT)'],
    ['SELECT 1; DELETE FROM people', 'write one statement only, without ";" inside'],
    ['SELECT 1; ;', 'write one statement only, without ";" inside'],
    ['SELECT 1) x; (SELECT 2', 'a ")" has no "("'],
    ['SELECT (1', 'a "(" has no ")"'],
    ['SELECT ?', 'write parameters as :name'],
    ['SELECT $1', 'write parameters as :name, and texts in single quotes'],
    ['SELECT $$x$$', 'write parameters as :name, and texts in single quotes'],
    ['SELECT [a] FROM b', 'write names in double quotes'],
    ['SELECT `a` FROM b', 'write names in double quotes'],
    ["SELECT 'a", 'a text in single quotes does not end'],
    ['SELECT "a', 'a name in double quotes does not end'],
    ["SELECT E'a'", `write the text 'a' without "E" in front`],
    ['SELECT \\', '"\\" has no place here'],
  ])('is not one: %s', (sql, reason) => {
    expect(reasonOf(sql)).toBe(reason);
  });

  it('names its parameters once each, none of them from a text, a name, a comment or a cast', () => {
    const read = readSelect(`SELECT ':no', ":no", a::text, :to /* :no */ FROM t WHERE x > :from AND y < :to`);
    expect(read.ok && selectParameters(read.tokens)).toEqual(['to', 'from']);
  });
});
