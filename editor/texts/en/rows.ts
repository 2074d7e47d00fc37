export const rowTexts = {} as const;
