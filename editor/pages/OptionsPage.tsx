import { Button } from '@mantine/core';
import { IconAdjustmentsHorizontal, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import type { Reply } from '../../contract/api.ts';
import { useApi } from '../api/queries.ts';
import { EmptyView } from '../shell/PageStates.tsx';
import { useMay } from '../shell/SessionContext.tsx';
import { t } from '../texts/t.ts';
import { ListTable } from './frame/ListTable.tsx';
import { matchText } from './frame/matchText.ts';
import { NoMatch } from './frame/NoMatch.tsx';
import { PageFrame } from './frame/PageFrame.tsx';
import { QueryView } from './frame/QueryView.tsx';
import { SearchField } from './frame/SearchField.tsx';
import { useParam } from './frame/useParam.ts';
import { useSort } from './frame/useSort.ts';
import { NewOptionDialog } from './options/NewOptionDialog.tsx';
import { OptionPane } from './options/OptionPane.tsx';
import { optionColumns, useOptionPath } from './options/optionColumns.tsx';
import classes from './options/options.module.css';

type Option = Reply<'listOptions'>[number];

/** All options; with one in the address, its value and history beside them. */
export function OptionsPage() {
  const { option: open } = useParams();
  const options = useApi('listOptions');
  const mayEdit = useMay('editor');
  const navigate = useNavigate();
  const pathOf = useOptionPath();
  const [query, setQuery] = useParam('q');
  const [creating, setCreating] = useState(false);
  const newButton = mayEdit && (
    <Button variant="filled" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setCreating(true)}>
      {t('options.new')}
    </Button>
  );
  return (
    <PageFrame
      title={t('options.title')}
      aside={options.data && <span>{t('options.count', { count: options.data.length })}</span>}
      actions={
        <>
          <SearchField label={t('options.search')} value={query} onChange={setQuery} shortcut />
          {newButton}
        </>
      }
    >
      <QueryView query={options}>
        {(all) => (
          <>
            {all.length === 0 ? (
              <EmptyView
                title={t('options.empty')}
                text={t('options.emptyText')}
                icon={<IconAdjustmentsHorizontal size={28} stroke={1.5} className={classes.faint} aria-hidden />}
              >
                {newButton}
              </EmptyView>
            ) : (
              <OptionList options={all} query={query} open={open} onClear={() => setQuery('')} />
            )}
            {open !== undefined && <OptionPane key={open} name={open} onClose={() => void navigate(pathOf(null))} />}
          </>
        )}
      </QueryView>
      {creating && (
        <NewOptionDialog
          taken={new Set(options.data?.map((option) => option.name))}
          onClose={() => setCreating(false)}
        />
      )}
    </PageFrame>
  );
}

interface OptionListProps {
  options: readonly Option[];
  query: string;
  open: string | undefined;
  onClear(): void;
}

function OptionList({ options, query, open, onClear }: OptionListProps) {
  const navigate = useNavigate();
  const pathOf = useOptionPath();
  const [sort, setSort] = useSort({ key: 'name', direction: 'asc' });
  const rows = options.filter((option) => matchText(query, option.name, option.value, option.updatedBy));
  if (rows.length === 0) return <NoMatch onClear={onClear} />;
  return (
    <ListTable
      label={t('options.title')}
      rows={rows}
      columns={optionColumns(pathOf)}
      rowKey={(option) => option.name}
      selected={open ?? null}
      sort={sort}
      onSort={setSort}
      onOpen={(option) => void navigate(pathOf(option.name))}
    />
  );
}
