/** What a person does in the outside system first, by the settings of a connection as they stand. */
import type { Guide } from '../../contract/form.ts';
import { isShown } from '../../contract/form.ts';

export interface GuideLine {
  text: string;
  /** To copy, filled in. */
  copy: string[];
  /** One of them says where the outside system leads the browser back to. */
  leadsBack: boolean;
}

export function guideSteps(guide: Guide, settings: Record<string, unknown>, callbackUrl: string): GuideLine[] {
  return guide.steps
    .map((step) => (typeof step === 'string' ? { text: step } : step))
    .filter((step) => isShown(step, settings))
    .map(({ text, copy = [] }) => ({
      text,
      copy: copy.map((item) => fill(item, { ...settings, callbackUrl })),
      leadsBack: copy.includes('{callbackUrl}'),
    }));
}

/** A setting that is not entered yet stays named in braces. */
function fill(text: string, settings: Record<string, unknown>): string {
  return text.replace(/\{(\w+)\}/g, (named, name: string) => {
    const value = settings[name];
    return typeof value === 'string' && value.trim() !== '' ? value.trim().replace(/\/+$/, '') : named;
  });
}
