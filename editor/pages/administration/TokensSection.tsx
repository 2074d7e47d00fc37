import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconKey, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { type Reply, roles } from '../../../contract/api.ts';
import { showDone } from '../../api/notices.ts';
import { useApi, useChange } from '../../api/queries.ts';
import { EmptyView } from '../../shell/PageStates.tsx';
import { formatInstant } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { ConfirmDialog } from '../frame/ConfirmDialog.tsx';
import { ListTable } from '../frame/ListTable.tsx';
import type { ListColumn } from '../frame/listColumn.ts';
import { QueryView } from '../frame/QueryView.tsx';
import { useSort } from '../frame/useSort.ts';
import { When } from '../frame/When.tsx';
import classes from './administration.module.css';
import { NewTokenDialog } from './NewTokenDialog.tsx';

type Token = Reply<'listTokens'>[number];

export function TokensSection() {
  const tokens = useApi('listTokens');
  const [sort, setSort] = useSort({ key: 'label', direction: 'asc' });
  const [creating, setCreating] = useState(false);
  const [revoked, setRevoked] = useState<Token | null>(null);
  const newButton = (
    <Button variant="filled" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setCreating(true)}>
      {t('tokens.new')}
    </Button>
  );
  return (
    <>
      <QueryView query={tokens}>
        {(all) =>
          all.length === 0 ? (
            <EmptyView
              title={t('tokens.empty')}
              text={t('tokens.emptyText')}
              icon={<IconKey size={28} stroke={1.5} className={classes.faint} aria-hidden />}
            >
              {newButton}
            </EmptyView>
          ) : (
            <>
              <div className={classes.bar}>
                <span className={classes.faint}>{t('tokens.emptyText')}</span>
                <span className={classes.grow} />
                {newButton}
              </div>
              <ListTable
                label={t('admin.section.tokens')}
                rows={all}
                columns={tokenColumns(setRevoked)}
                rowKey={(token) => token.id}
                sort={sort}
                onSort={setSort}
              />
            </>
          )
        }
      </QueryView>
      {creating && <NewTokenDialog onClose={() => setCreating(false)} />}
      {revoked && <RevokeDialog token={revoked} onClose={() => setRevoked(null)} />}
    </>
  );
}

function tokenColumns(onRevoke: (token: Token) => void): ListColumn<Token>[] {
  return [
    {
      key: 'label',
      head: t('tokens.column.label'),
      sort: (token) => token.label,
      cell: ({ label }) => (
        <span className={classes.name} title={label}>
          {label}
        </span>
      ),
    },
    {
      key: 'role',
      head: t('tokens.column.role'),
      width: 120,
      sort: (token) => roles.indexOf(token.role),
      cell: ({ role }) => t(`role.${role}`),
    },
    {
      key: 'used',
      head: t('tokens.column.used'),
      width: 150,
      sort: (token) => token.lastUsedAt,
      cell: ({ lastUsedAt }) =>
        lastUsedAt ? <When at={lastUsedAt} /> : <span className={classes.faint}>{t('list.never')}</span>,
    },
    {
      key: 'created',
      head: t('tokens.column.created'),
      width: 220,
      from: 'medium',
      sort: (token) => token.createdAt,
      cell: ({ createdAt, createdBy }) => t('tokens.createdBy', { at: formatInstant(createdAt), name: createdBy }),
    },
    {
      key: 'actions',
      head: t('tokens.column.actions'),
      width: 60,
      align: 'right',
      hideHead: true,
      cell: (token) => (
        <Tooltip label={t('tokens.revoke')}>
          <ActionIcon aria-label={t('tokens.revokeNamed', { name: token.label })} onClick={() => onRevoke(token)}>
            <IconTrash size={15} aria-hidden />
          </ActionIcon>
        </Tooltip>
      ),
    },
  ];
}

function RevokeDialog({ token: { id, label }, onClose }: { token: Token; onClose(): void }) {
  const remove = useChange('deleteToken', ['listTokens']);
  const submit = async () => {
    await remove.mutateAsync({ params: { token: id } });
    showDone(t('tokens.revoked', { name: label }));
  };
  return (
    <ConfirmDialog
      title={t('tokens.revokeTitle', { name: label })}
      consequences={[t('tokens.revokeText')]}
      submit={t('tokens.revokeConfirm')}
      onSubmit={submit}
      onClose={onClose}
    />
  );
}
