/** Fails an import as a whole. */
export class ImportError extends Error {}
