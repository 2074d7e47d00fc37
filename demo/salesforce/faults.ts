import { type Effects, type FaultRule, KINDS, noEffects } from './faultKinds.ts';

/** The parts of a request that rules look at. */
export interface Matchable {
  method: string;
  path: string;
  query: string;
  body: Buffer;
}

interface ActiveRule {
  id: number;
  rule: FaultRule;
  seen: number;
  hits: number;
}

/** The rules in force. */
export class Faults {
  private rules: ActiveRule[] = [];
  private lastId = 0;

  add(rule: FaultRule): number {
    this.rules.push({ id: ++this.lastId, rule, seen: 0, hits: 0 });
    return this.lastId;
  }

  clear(): void {
    this.rules = [];
  }

  list(): ActiveRule[] {
    return this.rules.map((active) => ({ ...active }));
  }

  /** Counts the request against every rule that matches it, and says what is done to it. */
  match(request: Matchable): Effects {
    const effects = noEffects();
    for (const active of this.rules) {
      if (!matches(active.rule, request)) continue;
      active.seen++;
      const { times, after, kind } = active.rule;
      if (active.seen <= after || (times !== null && active.hits >= times)) continue;
      active.hits++;
      effects.kinds.push(kind);
      KINDS[kind]!(active.rule, effects);
    }
    return effects;
  }
}

function matches({ match }: FaultRule, request: Matchable): boolean {
  if (match.method !== undefined && match.method.toUpperCase() !== request.method) return false;
  if (match.path !== undefined && !matchesPath(match.path, request.path)) return false;
  if (match.query !== undefined && !request.query.includes(match.query)) return false;
  return match.body === undefined || request.body.includes(match.body);
}

/** Text that begins with a slash is a prefix, any other text a regular expression. */
function matchesPath(pattern: string, path: string): boolean {
  return pattern.startsWith('/') ? path.startsWith(pattern) : new RegExp(pattern).test(path);
}
