import ts from 'typescript';

/** Names that are words of everyday code as well: those count only where something is asked for its type or kind. */
const everyday = new Set([
  'start',
  'end',
  'wait',
  'test',
  'query',
  'split',
  'union',
  'sort',
  'sql',
  'http',
  'database',
  'script',
  'jump',
  'fork',
  'scheduler',
  'webhook',
]);
const asksForType = /(type|kind)s?$/i;

/**
 * Where a source asks whether a node is of a certain type, or a connection of a certain kind.
 *
 * @returns one line per finding: `12: 'dedupe'`
 */
export function findNames(path: string, text: string, names: readonly string[]): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) && names.includes(node.text) && countsAsName(node)) {
      found.push(`${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}: '${node.text}'`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function countsAsName(literal: ts.StringLiteralLike): boolean {
  if (ts.isImportDeclaration(literal.parent) || ts.isExportDeclaration(literal.parent)) return false;
  return everyday.has(literal.text) ? comparedWithType(literal) : true;
}

function comparedWithType(literal: ts.StringLiteralLike): boolean {
  const { parent } = literal;
  if (ts.isCaseClause(parent)) return asksForType.test(parent.parent.parent.expression.getText());
  if (!ts.isBinaryExpression(parent)) return false;
  return asksForType.test((parent.left === literal ? parent.right : parent.left).getText());
}
