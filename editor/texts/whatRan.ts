import { t } from './t.ts';

/** "Draft", "v3", "v3, simulated". */
export function whatRan({ version, simulated }: { version: number | null; simulated: boolean }): string {
  const what = version === null ? t('runs.draft') : t('runs.versionNumber', { version });
  return simulated ? t('runs.simulated', { what }) : what;
}
