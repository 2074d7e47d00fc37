import { en } from '../../texts/en.ts';
import { fillText } from '../../texts/t.ts';

const texts: Partial<Record<string, string | { one: string; other: string }>> = en;

/** What an action of the trail is in words; one that the catalogue does not know stands as it is. */
export function actionText(action: string): string {
  return fillText(texts[`audit.action.${action}`] ?? action);
}
