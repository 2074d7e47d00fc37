export const panelTexts = {} as const;
