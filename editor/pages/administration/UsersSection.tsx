import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useApi } from '../../api/queries.ts';
import { useSession } from '../../shell/SessionContext.tsx';
import { t } from '../../texts/t.ts';
import { ListTable } from '../frame/ListTable.tsx';
import { matchText } from '../frame/matchText.ts';
import { NoMatch } from '../frame/NoMatch.tsx';
import { QueryView } from '../frame/QueryView.tsx';
import { SearchField } from '../frame/SearchField.tsx';
import { useParam } from '../frame/useParam.ts';
import { useSort } from '../frame/useSort.ts';
import classes from './administration.module.css';
import { NewUserDialog } from './NewUserDialog.tsx';
import { type User, userColumns } from './userColumns.tsx';

export function UsersSection() {
  const users = useApi('listUsers');
  const [query, setQuery] = useParam('q');
  const [creating, setCreating] = useState(false);
  return (
    <>
      <div className={classes.bar}>
        <SearchField label={t('users.search')} value={query} onChange={setQuery} shortcut />
        <span className={classes.grow} />
        <Button variant="filled" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setCreating(true)}>
          {t('users.new')}
        </Button>
      </div>
      <QueryView query={users}>
        {(all) => <UserList users={all} query={query} onClear={() => setQuery('')} />}
      </QueryView>
      {creating && (
        <NewUserDialog taken={users.data?.map((user) => user.name) ?? []} onClose={() => setCreating(false)} />
      )}
    </>
  );
}

function UserList({ users, query, onClear }: { users: readonly User[]; query: string; onClear(): void }) {
  const { user: me } = useSession();
  const [sort, setSort] = useSort({ key: 'name', direction: 'asc' });
  const rows = users.filter((user) => matchText(query, user.name, t(`role.${user.role}`)));
  if (rows.length === 0) return <NoMatch onClear={onClear} />;
  return (
    <ListTable
      label={t('admin.section.users')}
      rows={rows}
      columns={userColumns(me.name)}
      rowKey={(user) => user.name}
      rowHeight={42}
      sort={sort}
      onSort={setSort}
    />
  );
}
