/**
 * Milliseconds after which a wait is given up. Many: a machine that others load is slow, and each wait ends as soon as its
 * state is there. Only what hangs for ever waits so long.
 */
export const patience = 60_000;

/** The same for a whole test, which waits for more than one thing. */
export const testPatience = 300_000;
