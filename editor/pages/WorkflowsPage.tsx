import { Button } from '@mantine/core';
import { IconFileImport, IconPlus, IconRoute } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { Reply } from '../../contract/api.ts';
import { useApi } from '../api/queries.ts';
import { useNow } from '../panels/useNow.ts';
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
import { DemoHint } from './workflows/DemoHint.tsx';
import { FileDrop } from './workflows/FileDrop.tsx';
import { ImportDialog } from './workflows/ImportDialog.tsx';
import { NewWorkflowDialog } from './workflows/NewWorkflowDialog.tsx';
import { workflowColumns } from './workflows/workflowColumns.tsx';
import classes from './workflows/workflows.module.css';

type Item = Reply<'listWorkflows'>[number];
type Open = { dialog: 'new' } | { dialog: 'import'; file: File | null };

export function WorkflowsPage() {
  const workflows = useApi('listWorkflows');
  const mayEdit = useMay('editor');
  const [query, setQuery] = useParam('q');
  const [open, setOpen] = useState<Open | null>(null);
  const taken = new Set(workflows.data?.map((item) => item.internalName));
  const close = () => setOpen(null);
  return (
    <PageFrame
      title={t('workflows.title')}
      aside={workflows.data && <span>{t('workflows.count', { count: workflows.data.length })}</span>}
      actions={
        <>
          <SearchField label={t('workflows.search')} value={query} onChange={setQuery} shortcut />
          {mayEdit && <Actions onOpen={setOpen} />}
        </>
      }
    >
      <QueryView query={workflows}>
        {(items) => (
          <FileDrop disabled={!mayEdit} onFile={(file) => setOpen({ dialog: 'import', file })}>
            <DemoHint workflows={items} />
            <WorkflowList workflows={items} query={query} onClear={() => setQuery('')} onOpen={setOpen} />
          </FileDrop>
        )}
      </QueryView>
      {open?.dialog === 'new' && <NewWorkflowDialog taken={taken} onClose={close} />}
      {open?.dialog === 'import' && <ImportDialog taken={taken} file={open.file} onClose={close} />}
    </PageFrame>
  );
}

function Actions({ onOpen }: { onOpen(open: Open): void }) {
  return (
    <>
      <Button
        leftSection={<IconFileImport size={15} aria-hidden />}
        onClick={() => onOpen({ dialog: 'import', file: null })}
      >
        {t('workflows.import')}
      </Button>
      <Button
        variant="filled"
        leftSection={<IconPlus size={15} aria-hidden />}
        onClick={() => onOpen({ dialog: 'new' })}
      >
        {t('workflows.new')}
      </Button>
    </>
  );
}

interface WorkflowListProps {
  workflows: readonly Item[];
  query: string;
  onClear(): void;
  onOpen(open: Open): void;
}

function WorkflowList({ workflows, query, onClear, onOpen }: WorkflowListProps) {
  const mayEdit = useMay('editor');
  const navigate = useNavigate();
  const [sort, setSort] = useSort({ key: 'name', direction: 'asc' });
  const now = useNow(workflows.some((item) => item.activeRuns > 0));
  const rows = workflows.filter((item) => matchText(query, item.label, item.internalName, item.description));
  if (workflows.length === 0) {
    return (
      <EmptyView
        title={t('workflows.empty')}
        text={mayEdit ? t('workflows.emptyText') : t('workflows.emptyViewer')}
        icon={<IconRoute size={28} stroke={1.5} className={classes.faint} aria-hidden />}
      >
        {mayEdit && (
          <div className={classes.choices}>
            <Actions onOpen={onOpen} />
          </div>
        )}
      </EmptyView>
    );
  }
  if (rows.length === 0) return <NoMatch onClear={onClear} />;
  return (
    <ListTable
      label={t('workflows.title')}
      rows={rows}
      columns={workflowColumns(new Date(now), new Set(workflows.map((item) => item.internalName)))}
      rowKey={(item) => item.internalName}
      rowHeight={48}
      sort={sort}
      onSort={setSort}
      onOpen={(item) => void navigate(`/workflows/${item.internalName}`)}
    />
  );
}
