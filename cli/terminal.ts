/** Where a command writes: results on `out`, everything for people on `err`. */
export interface Terminal {
  out: NodeJS.WritableStream;
  err: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
}

export const terminal: Terminal = { out: process.stdout, err: process.stderr };
