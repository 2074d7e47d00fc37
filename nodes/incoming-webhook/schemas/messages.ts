/** What the checker and its thread say to each other. */

/** A type of events, with its schema as text. */
export interface EventType {
  type: string;
  schema: string;
}

/** Where an event does not fit, and why. */
export interface Misfit {
  /** JSON pointer into the event; '' is the whole. */
  pointer: string;
  /** Half a sentence. */
  reason: string;
}

/** `events` is JSON: pairs of a type and an event of it. */
export type Question = { types: readonly EventType[] } | { events: string };

export type Answer =
  | { ready: true }
  | { broken: { type: string; reason: string } }
  /** One for each event, in their order; null: it fits. */
  | { misfits: (Misfit | null)[] };
