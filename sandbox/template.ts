import type { SandboxFailure } from './types.ts';

export interface Template {
  ok: true;
  /** Source of a function of `write` and `show`. */
  source: string;
  /** Line of the template by line of the source. */
  lines: number[];
}

export const hasTags = (template: string): boolean => template.includes('<%');

interface Piece {
  kind: 'text' | 'show' | 'code';
  text: string;
  line: number;
}

const countLines = (text: string): number => text.split('\n').length - 1;

/** `<%= expression %>`, `<% code %>`; `<%%` stands for `<%` itself. */
function cut(template: string): Piece[] | SandboxFailure {
  const pieces: Piece[] = [];
  let line = 1;
  let at = 0;
  const add = (kind: Piece['kind'], text: string, start: number): void => {
    if (text !== '') pieces.push({ kind, text, line: line + countLines(template.slice(at, start)) });
  };
  for (;;) {
    const open = template.indexOf('<%', at);
    add('text', template.slice(at, open < 0 ? undefined : open), at);
    if (open < 0) return pieces;
    const isLiteral = template[open + 2] === '%';
    const close = isLiteral ? open + 1 : template.indexOf('%>', open + 2);
    const tagLine = line + countLines(template.slice(at, open));
    if (close < 0) return { ok: false, reason: 'syntax', message: 'A <% has no %>.', line: tagLine };
    const isShow = template[open + 2] === '=';
    if (isLiteral) add('text', '<%', open);
    else add(isShow ? 'show' : 'code', template.slice(open + (isShow ? 3 : 2), close), open);
    const next = close + 2;
    line += countLines(template.slice(at, next));
    at = next;
  }
}

const compilePiece = (piece: Piece): string => {
  if (piece.kind === 'text') return `write(${JSON.stringify(piece.text)});`;
  return piece.kind === 'show' ? `show(${piece.text}\n);` : `${piece.text}\n`;
};

/** Each piece begins a line of its own, so that a line of the source belongs to one line of the template. */
export function compileTemplate(template: string): Template | SandboxFailure {
  const pieces = cut(template);
  if (!Array.isArray(pieces)) return pieces;
  const texts = ['(write, show) => {'];
  const lines = [0, 1];
  for (const piece of pieces) {
    const text = compilePiece(piece);
    for (let index = 0; index <= countLines(text); index++) {
      lines.push(piece.kind === 'text' ? piece.line : piece.line + index);
    }
    texts.push(text);
  }
  return { ok: true, source: `${texts.join('\n')}\n}`, lines };
}
