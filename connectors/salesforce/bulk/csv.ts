/**
 * CSV that arrives in pieces, as rows of text. Fields are quoted or not, a quote is doubled inside quotes, lines end with LF or
 * CR LF. Every value of every record passes here: quotes are looked for by `indexOf`, which is native.
 */
export class CsvReader {
  /** What follows the last complete row. */
  #rest = '';

  /** The rows that this piece completes. Throws SyntaxError for what is no CSV. */
  push(piece: string): string[][] {
    return this.#parse(this.#rest === '' ? piece : this.#rest + piece, false);
  }

  /** The last row, where no line end follows it. Throws SyntaxError when a quote is still open. */
  end(): string[][] {
    const rows = this.#parse(this.#rest, true);
    if (this.#rest !== '') throw new SyntaxError('the CSV ends inside quotes');
    return rows;
  }

  #parse(text: string, isEnd: boolean): string[][] {
    const rows: string[][] = [];
    let row: string[] = [];
    let rowStart = 0;
    let at = 0;
    while (at < text.length || row.length > 0) {
      const isQuoted = text.charCodeAt(at) === quote;
      const end = isQuoted ? quotedEnd(text, at) : plainEnd(text, at);
      if (end === open || (end === text.length && !isEnd)) break;
      row.push(isQuoted ? unquote(text.slice(at + 1, end - 1)) : text.slice(at, end));
      at = end + 1;
      if (text.charCodeAt(end) === comma) continue;
      const next = nextLine(text, end, isEnd);
      if (next === open) break;
      rows.push(row);
      row = [];
      rowStart = next;
      at = next;
    }
    this.#rest = text.slice(rowStart);
    return rows;
  }
}

const quote = 34;
const comma = 44;
const lineFeed = 10;
const carriageReturn = 13;
/** Only the text that follows will tell. */
const open = -1;

/** Behind the closing quote. */
function quotedEnd(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end >= 0 && text.charCodeAt(end + 1) === quote) end = text.indexOf('"', end + 2);
  return end < 0 ? open : end + 1;
}

function plainEnd(text: string, start: number): number {
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === comma || code === lineFeed || code === carriageReturn) return at;
    if (code === quote) throw new SyntaxError('a quote stands inside a field without quotes');
  }
  return text.length;
}

function unquote(text: string): string {
  return text.includes('"') ? text.replaceAll('""', '"') : text;
}

/** Where the next row begins. A CR that ends the text may be half of a line end. */
function nextLine(text: string, at: number, isEnd: boolean): number {
  if (at === text.length) return at;
  const code = text.charCodeAt(at);
  if (code === lineFeed) return at + 1;
  if (code !== carriageReturn) throw new SyntaxError('something follows a closing quote');
  if (at + 1 === text.length) return isEnd ? at + 1 : open;
  return text.charCodeAt(at + 1) === lineFeed ? at + 2 : at + 1;
}
