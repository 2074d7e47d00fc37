import { NumberInput } from '@mantine/core';
import { defaultRetry, type RetryPolicy } from '../../../contract/workflow.ts';
import { t } from '../../texts/t.ts';
import classes from './Inspector.module.css';
import type { NodeSettingsProps } from './nodeSettings.ts';

const defaultJitter = 0.2;

/** How often and when a failed attempt is made again; says in a sentence what the numbers come to. */
export function RetryFields({ node, readOnly, change }: NodeSettingsProps) {
  const retry = node.retry ?? defaultRetry;
  const set = (patch: Partial<RetryPolicy>) => change({ retry: { ...retry, ...patch } }, 'retry');
  return (
    <div>
      <div className={classes.row}>
        <NumberInput
          label={t('general.attempts')}
          min={1}
          max={20}
          clampBehavior="blur"
          value={retry.attempts}
          readOnly={readOnly}
          onChange={(value) => set({ attempts: Number(value) || 1 })}
        />
        <NumberInput
          label={t('general.delay')}
          min={0}
          max={3_600}
          suffix=" s"
          value={retry.delay / 1_000}
          readOnly={readOnly}
          onChange={(value) => set({ delay: Math.round(Number(value) * 1_000) })}
        />
        <NumberInput
          label={t('general.maxDelay')}
          min={0}
          max={86_400}
          suffix=" s"
          value={retry.maxDelay / 1_000}
          readOnly={readOnly}
          onChange={(value) => set({ maxDelay: Math.round(Number(value) * 1_000) })}
        />
        <NumberInput
          label={t('general.jitter')}
          min={0}
          max={100}
          suffix=" %"
          value={Math.round((retry.jitter ?? defaultJitter) * 100)}
          readOnly={readOnly}
          onChange={(value) => set({ jitter: Number(value) / 100 })}
        />
      </div>
      <p className={classes.hint}>{t('general.retryHint')}</p>
    </div>
  );
}
