import { IconAlertTriangleFilled, IconCheck, IconCircleDashed } from '@tabler/icons-react';
import { formatInstant } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { Mark } from '../frame/Mark.tsx';
import type { Connection } from './connection.ts';

/** Whether the outside system let us in when it was last asked. */
export function VerifiedMark({ verified }: Pick<Connection, 'verified'>) {
  if (!verified) {
    return (
      <Mark tone="mute" Icon={IconCircleDashed}>
        {t('connections.notVerified')}
      </Mark>
    );
  }
  const at = formatInstant(verified.at);
  return verified.ok ? (
    <Mark tone="ok" Icon={IconCheck} title={verified.message}>
      {t('connections.verifiedAt', { at })}
    </Mark>
  ) : (
    <Mark tone="err" Icon={IconAlertTriangleFilled} title={verified.message}>
      {t('connections.refusedAt', { at })}
    </Mark>
  );
}
