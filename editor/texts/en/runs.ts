export const runTexts = {} as const;
