/** The mark is no good: the CRM has forgotten what was before it, or it is of another object, environment or choice of fields. */
export class MarkLost extends Error {
  override readonly name = 'MarkLost';
  readonly why: 'forgotten' | 'other';
  constructor(why: MarkLost['why'], options?: ErrorOptions) {
    super(`The mark is lost: ${why}.`, options);
    this.why = why;
  }
}
