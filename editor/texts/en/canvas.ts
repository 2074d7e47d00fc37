export const canvasTexts = {} as const;
