import { Alert, Progress, Stack, Title } from '@mantine/core';
import { IconHourglass } from '@tabler/icons-react';
import type { Reply } from '../../../contract/api.ts';
import { useApi } from '../../api/queries.ts';
import { formatInstant, formatNumber, formatPercent } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { Facts } from '../frame/Facts.tsx';
import type { Connection } from './connection.ts';
import classes from './connections.module.css';

type Calls = Reply<'getCalls'>;

/** What the connection uses of the calls that the outside system allows; `limits`: what it documents, where it tells none. */
export function CallsCard({ connection, limits }: { connection: Connection; limits: string | undefined }) {
  const { data } = useApi('getCalls', { params: { connection: connection.name } }, { every: 15_000 });
  if (!data) return null;
  return (
    <section className={classes.card} aria-label={t('connections.calls.title')}>
      <Title order={3}>{t('connections.calls.title')}</Title>
      <Stack gap="sm" mt={6}>
        <Facts facts={factsOf(data, connection.verified?.ok === true, limits)} />
        {data.budget !== null && <BudgetBar ours={data.ours} budget={data.budget} />}
        {data.roomAt && (
          <Alert color="orange" icon={<IconHourglass size={16} aria-hidden />}>
            {t(data.whenSpent === 'wait' ? 'connections.calls.spentWait' : 'connections.calls.spentStop', {
              at: formatInstant(data.roomAt),
            })}
          </Alert>
        )}
      </Stack>
    </section>
  );
}

function factsOf(
  { told, ours, budget }: Calls,
  verified: boolean,
  limits: string | undefined,
): { label: string; value: string }[] {
  return [
    {
      label: t('connections.calls.told'),
      value: told
        ? t('connections.calls.toldValue', {
            used: formatNumber(told.used),
            allowed: formatNumber(told.allowed),
            at: formatInstant(told.at),
          })
        : (limits ?? t(verified ? 'connections.calls.toldNever' : 'connections.calls.toldNone')),
    },
    { label: t('connections.calls.ours'), value: t('connections.calls.oursValue', { count: ours }) },
    {
      label: t('connections.calls.budget'),
      value:
        budget === null
          ? t('connections.calls.noBudget')
          : t('connections.calls.budgetValue', { share: formatPercent(ours / budget), budget: formatNumber(budget) }),
    },
  ];
}

function BudgetBar({ ours, budget }: { ours: number; budget: number }) {
  const share = Math.min(100, (100 * ours) / budget);
  const color = share >= 100 ? 'red' : share >= 80 ? 'orange' : 'blue';
  return <Progress value={share} color={color} size="sm" aria-label={t('connections.calls.budget')} />;
}
