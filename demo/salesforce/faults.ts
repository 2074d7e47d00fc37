import { type Matchable, RuleBook } from '../kit/faults.ts';
import { type Effects, type FaultRule, KINDS, noEffects } from './faultKinds.ts';

/** The rules in force, and what they do to a request. */
export class Faults {
  private readonly book = new RuleBook<FaultRule>();

  add(rule: FaultRule): number {
    return this.book.add(rule);
  }

  clear(): void {
    this.book.clear();
  }

  list(): ReturnType<RuleBook<FaultRule>['list']> {
    return this.book.list();
  }

  /** Counts the request against every rule that matches it, and says what is done to it. */
  match(request: Matchable): Effects {
    const effects = noEffects();
    for (const rule of this.book.match(request)) {
      effects.kinds.push(rule.kind);
      KINDS[rule.kind]!(rule, effects);
    }
    return effects;
  }
}
