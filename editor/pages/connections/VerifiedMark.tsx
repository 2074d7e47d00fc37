import {
  IconAlertTriangleFilled,
  IconCheck,
  IconCircleDashed,
  IconHelpCircleFilled,
  IconHourglass,
  IconPlugConnectedX,
} from '@tabler/icons-react';
import { formatInstant } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { Mark } from '../frame/Mark.tsx';
import type { Connection } from './connection.ts';

type Outcome = NonNullable<Connection['verified']>;

/** Being refused is for a person to mend, being busy for time: the title says which. */
const causes = {
  REMOTE_UNREACHABLE: { text: 'connections.unreachableAt', tone: 'err', Icon: IconPlugConnectedX },
  REMOTE_BUSY: { text: 'connections.busyAt', tone: 'rej', Icon: IconHourglass },
  REMOTE_LIMIT: { text: 'connections.busyAt', tone: 'rej', Icon: IconHourglass },
  PROXY_FAILED: { text: 'connections.unreachableAt', tone: 'err', Icon: IconPlugConnectedX },
  API_BUDGET_SPENT: { text: 'connections.budgetSpentAt', tone: 'rej', Icon: IconHourglass },
  REMOTE_NOT_UNDERSTOOD: { text: 'connections.oddAt', tone: 'err', Icon: IconHelpCircleFilled },
} as const;
const refused = { text: 'connections.refusedAt', tone: 'err', Icon: IconAlertTriangleFilled } as const;

export const causeOf = ({ code }: Pick<Outcome, 'code'>) => causes[code as keyof typeof causes] ?? refused;

/** Messages are stored as the server wrote them: the instants in them are shown as everywhere else. */
export const messageOf = ({ message }: Pick<Outcome, 'message'>): string =>
  message.replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, (iso) => formatInstant(iso));

function Failure({ verified, at }: { verified: Outcome; at: string }) {
  const { text, tone, Icon } = causeOf(verified);
  return (
    <Mark tone={tone} Icon={Icon} title={messageOf(verified)}>
      {t(text, { at })}
    </Mark>
  );
}

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
    <Failure verified={verified} at={at} />
  );
}
