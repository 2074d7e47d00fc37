import { Anchor, Text } from '@mantine/core';
import type { Listed } from '../../api/usePages.ts';
import { formatExactInstant } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { DetailPane } from '../frame/DetailPane.tsx';
import { Facts } from '../frame/Facts.tsx';
import { actionText } from './actionText.ts';
import classes from './administration.module.css';
import { type Difference, diffValues, showValue } from './diffValues.ts';

interface AuditPaneProps {
  entry: Listed<'listAudit'>;
  onSubject(subject: string): void;
  onClose(): void;
}

/** One entry with what was before and after. */
export function AuditPane({ entry, onSubject, onClose }: AuditPaneProps) {
  const { id, action, at, by, subject } = entry;
  return (
    <DetailPane title={actionText(action)} label={t('audit.detail', { id: String(id) })} onClose={onClose}>
      <Facts
        facts={[
          { label: t('audit.column.at'), value: formatExactInstant(at) },
          { label: t('audit.column.by'), value: by },
          { label: t('audit.code'), value: <code className={classes.code}>{action}</code> },
          {
            label: t('audit.column.subject'),
            value: (
              <Anchor
                component="button"
                type="button"
                inherit
                ta="left"
                title={t('audit.only', { subject })}
                onClick={() => onSubject(subject)}
              >
                {subject}
              </Anchor>
            ),
          },
        ]}
      />
      <Changes difference={diffValues(entry.old, entry.new)} />
    </DetailPane>
  );
}

function Changes({ difference: { changes, same } }: { difference: Difference }) {
  if (changes.length === 0) {
    return (
      <Text c="dimmed" mt="md">
        {t('audit.noChange')}
      </Text>
    );
  }
  return (
    <>
      <table className={classes.diff}>
        <thead>
          <tr>
            <th scope="col">{t('audit.field')}</th>
            <th scope="col">{t('audit.old')}</th>
            <th scope="col">{t('audit.new')}</th>
          </tr>
        </thead>
        <tbody>
          {changes.map((change) => (
            <tr key={change.path}>
              <th scope="row">{change.path || t('audit.wholeValue')}</th>
              <td className={classes.old}>
                <code>{showValue(change.old)}</code>
              </td>
              <td>
                <code>{showValue(change.new)}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {same > 0 && (
        <Text c="dimmed" size="xs" mt={8}>
          {t('audit.same', { count: same })}
        </Text>
      )}
    </>
  );
}
