const nothing = (): void => undefined;

/** What Knex would print beside throwing it. The caller says it in words, or logs it. */
export const quietLog = { warn: nothing, error: nothing, deprecate: nothing, debug: nothing };
