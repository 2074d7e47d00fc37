/** One call that a client makes, and what must come back. */
export interface Line {
  title: string;
  /** Resolves to what came back, in a few words; throws when it is not what it must be. */
  run(): Promise<string>;
}

export interface Count {
  passed: number;
  failed: number;
}

/** Runs the lines one after another, as each may build on those before it, and prints each with what came back. */
async function runLines(client: string, lines: readonly Line[], say: (text: string) => void): Promise<Count> {
  const count = { passed: 0, failed: 0 };
  for (const { title, run } of lines) {
    const began = performance.now();
    const shown = `${client} ${title}`.padEnd(62);
    try {
      const came = await run();
      count.passed += 1;
      say(`passed  ${shown} ${came} (${Math.round(performance.now() - began)} ms)`);
    } catch (error) {
      count.failed += 1;
      say(`FAILED  ${shown} ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return count;
}

/** Runs the lines of one client after those of the other, and counts all. */
export async function runParts(parts: readonly [string, Line[]][], say: (text: string) => void): Promise<Count> {
  const total: Count = { passed: 0, failed: 0 };
  for (const [client, lines] of parts) {
    const { passed, failed } = await runLines(client, lines, say);
    total.passed += passed;
    total.failed += failed;
  }
  return total;
}

/** Throws unless both are the same. */
export function same(what: string, came: unknown, wanted: unknown): void {
  const [left, right] = [JSON.stringify(came), JSON.stringify(wanted)];
  if (left !== right) throw new Error(`${what}: ${shorten(left)} came, ${shorten(right)} was wanted`);
}

/** Throws unless both hold the same texts, in whatever order. */
export function sameSet(what: string, came: Iterable<unknown>, wanted: Iterable<unknown>): void {
  const [left, right] = [[...came].map(String).sort(), [...wanted].map(String).sort()];
  same(`number of ${what}`, left.length, right.length);
  const other = left.findIndex((text, index) => text !== right[index]);
  if (other >= 0) throw new Error(`${what}: ${left[other]} came, ${right[other]} was wanted`);
}

function shorten(text: string | undefined): string {
  return text !== undefined && text.length > 200 ? `${text.slice(0, 200)}…` : String(text);
}
