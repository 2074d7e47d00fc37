/**
 * The records of delimited text, cell by cell. Quotes are doubled in quoted cells; a line ends with LF or CRLF; empty lines
 * between records are none. Memory is that of one record and one chunk, however long the text is.
 */
export async function* readRecords(chunks: AsyncIterable<string>, delimiter: string): AsyncGenerator<string[]> {
  let [cell, isQuoted, wasQuoted] = ['', false, false];
  let record: string[] = [];
  let isFirst = true;
  const endRecord = (): string[] | null => {
    const done = [...record, cell.endsWith('\r') && !wasQuoted ? cell.slice(0, -1) : cell];
    [record, cell, wasQuoted] = [[], '', false];
    return done.length === 1 && done[0] === '' ? null : done;
  };
  for await (const chunk of chunks) {
    const text = isFirst ? chunk.replace(/^\uFEFF/, '') : chunk;
    isFirst = false;
    for (const sign of text) {
      if (sign === '"') {
        // A quote that follows a closing one stands for itself.
        if (!isQuoted && wasQuoted) cell += sign;
        isQuoted = !isQuoted;
        wasQuoted = true;
      } else if (isQuoted) cell += sign;
      else if (sign === delimiter) {
        record.push(cell);
        [cell, wasQuoted] = ['', false];
      } else if (sign === '\n') {
        const done = endRecord();
        if (done !== null) yield done;
      } else if (!(sign === '\r' && wasQuoted)) cell += sign;
    }
  }
  if (isQuoted) throw new SyntaxError('The file ends within a quoted cell.');
  const last = record.length > 0 || cell !== '' || wasQuoted ? endRecord() : null;
  if (last !== null) yield last;
}
