/** The rules by which an organisation misbehaves. What each kind of fault does is the organisation's own. */

/** The parts of a request that rules look at. */
export interface Matchable {
  method: string;
  path: string;
  query: string;
  body: Buffer;
}

/** What every rule has, whatever its kind. */
export interface Rule {
  kind: string;
  match: { method?: string; path?: string; query?: string; body?: string };
  /** How many matching requests it is played on; null for all. */
  times: number | null;
  /** Matching requests to let pass first. */
  after: number;
}

interface ActiveRule<R extends Rule> {
  id: number;
  rule: R;
  seen: number;
  hits: number;
}

/** The rules in force. */
export class RuleBook<R extends Rule> {
  private rules: ActiveRule<R>[] = [];
  private lastId = 0;

  add(rule: R): number {
    this.rules.push({ id: ++this.lastId, rule, seen: 0, hits: 0 });
    return this.lastId;
  }

  clear(): void {
    this.rules = [];
  }

  list(): ActiveRule<R>[] {
    return this.rules.map((active) => ({ ...active }));
  }

  /** Counts the request against every rule that matches it, and gives those that are played on it. */
  match(request: Matchable): R[] {
    return this.rules.flatMap((active) => {
      if (!matches(active.rule, request)) return [];
      active.seen++;
      const { times, after } = active.rule;
      if (active.seen <= after || (times !== null && active.hits >= times)) return [];
      active.hits++;
      return [active.rule];
    });
  }
}

function matches({ match }: Rule, request: Matchable): boolean {
  if (match.method !== undefined && match.method.toUpperCase() !== request.method) return false;
  if (match.path !== undefined && !matchesPath(match.path, request.path)) return false;
  if (match.query !== undefined && !request.query.includes(match.query)) return false;
  return match.body === undefined || request.body.includes(match.body);
}

/** Text that begins with a slash is a prefix, any other text a regular expression. */
function matchesPath(pattern: string, path: string): boolean {
  return pattern.startsWith('/') ? path.startsWith(pattern) : new RegExp(pattern).test(path);
}
