import { Badge, Select } from '@mantine/core';
import { IconBan, IconCheck } from '@tabler/icons-react';
import { type Reply, type Role, roles } from '../../../contract/api.ts';
import { showDone, showFailure } from '../../api/notices.ts';
import { useChange } from '../../api/queries.ts';
import { t } from '../../texts/t.ts';
import type { ListColumn } from '../frame/listColumn.ts';
import { Mark } from '../frame/Mark.tsx';
import { When } from '../frame/When.tsx';
import classes from './administration.module.css';
import { UserActions } from './UserActions.tsx';

export type User = Reply<'listUsers'>[number];

/** `me`: nobody takes the role away from themselves by a slip, so the own row has no such choices. */
export function userColumns(me: string): ListColumn<User>[] {
  return [
    {
      key: 'name',
      head: t('users.column.name'),
      width: 260,
      sort: (user) => user.name,
      cell: ({ name }) => (
        <>
          <span className={classes.name}>{name}</span>
          {name === me && (
            <Badge size="sm" className={classes.you ?? ''}>
              {t('users.you')}
            </Badge>
          )}
        </>
      ),
    },
    {
      key: 'role',
      head: t('users.column.role'),
      width: 160,
      sort: (user) => roles.indexOf(user.role),
      cell: (user) => (user.name === me ? t(`role.${user.role}`) : <RoleChoice user={user} />),
    },
    {
      key: 'state',
      head: t('users.column.state'),
      width: 120,
      sort: (user) => Number(user.disabled),
      cell: ({ disabled }) =>
        disabled ? (
          <Mark tone="mute" Icon={IconBan}>
            {t('users.disabled')}
          </Mark>
        ) : (
          <Mark tone="ok" Icon={IconCheck}>
            {t('users.active')}
          </Mark>
        ),
    },
    {
      key: 'lastSeen',
      head: t('users.column.lastSeen'),
      sort: (user) => user.lastSeenAt,
      cell: ({ lastSeenAt }) =>
        lastSeenAt ? <When at={lastSeenAt} /> : <span className={classes.faint}>{t('list.never')}</span>,
    },
    {
      key: 'created',
      head: t('users.column.created'),
      from: 'wide',
      sort: (user) => user.createdAt,
      cell: (user) => <When at={user.createdAt} />,
    },
    {
      key: 'actions',
      head: t('users.column.actions'),
      width: 60,
      align: 'right',
      hideHead: true,
      cell: (user) => user.name !== me && <UserActions user={user} />,
    },
  ];
}

function RoleChoice({ user }: { user: User }) {
  const update = useChange('updateUser', ['listUsers']);
  const change = (role: Role) =>
    update.mutate(
      { params: { user: user.name }, body: { role } },
      {
        onSuccess: () => showDone(t('users.roleChanged', { name: user.name, role: t(`role.${role}`) })),
        onError: showFailure,
      },
    );
  return (
    <Select
      aria-label={t('users.roleOf', { name: user.name })}
      w={130}
      data={roles.map((role) => ({ value: role, label: t(`role.${role}`) }))}
      value={user.role}
      disabled={update.isPending}
      onChange={(next) => next !== null && change(next as Role)}
      allowDeselect={false}
    />
  );
}
