/** What people write as code, read without running it. The sandbox wraps each kind as said here; a test holds the two against each other. */
import type { Options } from 'acorn';
import { parse } from 'acorn';

/** `script`: once, may await. `recordScript`: for each record, may not. `template`: text with `<%= %>`. */
export type CodeKind = 'expression' | 'script' | 'recordScript' | 'template';

export interface CodeProblem {
  /** Counted from 1. */
  line: number;
  /** Half a sentence. */
  reason: string;
}

const wraps: Record<Exclude<CodeKind, 'template'>, readonly [before: string, after: string]> = {
  expression: ['(() => (', '\n))'],
  script: ['(async () => {', '\n})'],
  recordScript: ['(function (record) {', '\n})'],
};

/** Why this does not compile; null: it does, or there is nothing in it. */
export function findCodeProblem(kind: CodeKind, text: string): CodeProblem | null {
  if (kind === 'template') return text.includes('<%') ? findTemplateProblem(text) : null;
  if (text.trim() === '') return null;
  const [before, after] = wraps[kind];
  const failure = tryParse(before + text + after);
  // By itself, a bracket too many is found where it stands, and not as the end of what is around it.
  const alone =
    failure && kind !== 'expression' ? tryParse(text, { ...outside, ...(kind === 'script' && awaits) }) : null;
  if (alone) return problemAt(text, alone.at, alone.reason);
  return failure && problemAt(text, failure.at - before.length, failure.reason);
}

const outside = { allowReturnOutsideFunction: true };
const awaits = { allowAwaitOutsideFunction: true };

interface Failure {
  /** Place in the source. */
  at: number;
  reason: string;
}

function tryParse(source: string, options: Partial<Options> = {}): Failure | null {
  try {
    parse(source, { ecmaVersion: 'latest', sourceType: 'script', ...options });
    return null;
  } catch (error) {
    if (!(error instanceof SyntaxError) || !('pos' in error) || typeof error.pos !== 'number') throw error;
    return { at: error.pos, reason: error.message.replace(/ \(\d+:\d+\)$/, '') };
  }
}

function problemAt(text: string, at: number, reason: string): CodeProblem {
  const end = text.trimEnd().length;
  const line = text.slice(0, Math.min(at, end)).split('\n').length;
  if (at >= end) return { line, reason: 'something is missing at the end, such as a bracket' };
  const found = /^(?:[\p{L}\p{N}_$]+|.)/u.exec(text.slice(at))?.[0] ?? '';
  return { line, reason: reason === 'Unexpected token' ? `unexpected ${found}` : lowerFirst(reason) };
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

const tag = /<%%|<%(=?)([\s\S]*?)%>/g;

/** All its tags together make one function: `<% if (…) { %>` is closed by a later one. */
function findTemplateProblem(template: string): CodeProblem | null {
  let source = '(write, show) => {\n';
  let after = 0;
  const placed: { source: number; template: number }[] = [];
  for (const match of template.matchAll(tag)) {
    after = match.index + match[0].length;
    const code = match[2];
    if (code === undefined) continue;
    const [before, end] = match[1] === '=' ? ['show(', '\n);\n'] : ['', '\n'];
    source += `write();${before}`;
    placed.push({ source: source.length, template: match.index + 2 + (match[1] ?? '').length });
    source += code + end;
  }
  const open = template.indexOf('<%', after);
  if (open >= 0) return problemAt(template, open, 'a <% has no %>');
  const failure = tryParse(`${source}write();\n}`);
  if (!failure) return null;
  const { at, reason } = failure;
  const near = placed.findLast((piece) => piece.source <= at) ?? { source: at, template: 0 };
  return problemAt(template, near.template + at - near.source, reason);
}

/** Names that a script for each record gives values to, such as `Score` in `record.Score = 1`; none where it cannot be read. */
export function findAssigned(script: string): string[] {
  const [before, after] = wraps.recordScript;
  try {
    const found = new Set<string>();
    collectAssigned(parse(before + script + after, { ecmaVersion: 'latest', sourceType: 'script' }), found);
    return [...found];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

function collectAssigned(part: unknown, found: Set<string>): void {
  if (Array.isArray(part)) for (const one of part) collectAssigned(one, found);
  if (!isNode(part)) return;
  const target = part.type === 'AssignmentExpression' ? part.left : part.type === 'UpdateExpression' && part.argument;
  const name = isNode(target) ? fieldOfRecord(target) : null;
  if (name !== null) found.add(name);
  for (const inner of Object.values(part)) collectAssigned(inner, found);
}

type SyntaxPart = Record<string, unknown> & { type: string };
const isNode = (part: unknown): part is SyntaxPart =>
  typeof part === 'object' && part !== null && 'type' in part && typeof part.type === 'string';

function fieldOfRecord({ type, object, property, computed }: SyntaxPart): string | null {
  if (type !== 'MemberExpression' || !isNode(object) || object.name !== 'record' || !isNode(property)) return null;
  const named = computed ? property.value : property.name;
  return typeof named === 'string' ? named : null;
}

/** What a bare word in an expression may be. */
const knownWords = new Set(
  'vars instance activityName activity task event record dateFns undefined null true false this NaN Infinity'.split(
    ' ',
  ),
);
const words = /^[\p{L}\p{N}][\p{L}\p{N} ._&'-]*$/u;
const name = /^[\p{L}_$][\p{L}\p{N}_$]*$/u;

/** What stands before the first dot: of `record.`, not yet written to its end, `record`. */
const head = (text: string): string => text.split('.', 1)[0] ?? '';

/**
 * `Berlin` where `"Berlin"` is meant: the word as JavaScript text. null: it is no plain word, or begins with a known one.
 */
export function findBareWord(expression: string): string | null {
  const text = expression.trim();
  const bare = name.test(text) || (words.test(text) && findCodeProblem('expression', text) !== null);
  return bare && !knownWords.has(head(text)) ? JSON.stringify(text) : null;
}
