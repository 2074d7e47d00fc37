import { ActionIcon, Autocomplete, Button, Tooltip } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { type Listed, type Pages, usePages } from '../../api/usePages.ts';
import { EmptyView } from '../../shell/PageStates.tsx';
import { t } from '../../texts/t.ts';
import { ListTable } from '../frame/ListTable.tsx';
import { QueryView } from '../frame/QueryView.tsx';
import { useParam } from '../frame/useParam.ts';
import { AuditPane } from './AuditPane.tsx';
import classes from './administration.module.css';
import { auditColumns } from './auditColumns.tsx';

/** Who changed, ran, opened or moved what. */
export function AuditSection() {
  const [subject, setSubject] = useParam('subject');
  const pages = usePages('listAudit', subject === '' ? {} : { subject }, 100);
  return (
    <>
      <div className={classes.bar}>
        <SubjectFilter key={subject} subject={subject} entries={pages.data ?? []} onChange={setSubject} />
        <Tooltip label={t('audit.refresh')}>
          <ActionIcon aria-label={t('audit.refresh')} loading={pages.isRefetching} onClick={() => void pages.refetch()}>
            <IconRefresh size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </div>
      <QueryView query={pages}>
        {(entries) =>
          entries.length === 0 ? (
            <EmptyView title={t('audit.empty')}>
              <Button onClick={() => setSubject('')}>{t('audit.emptyAction')}</Button>
            </EmptyView>
          ) : (
            <Entries entries={entries} pages={pages} onSubject={setSubject} />
          )
        }
      </QueryView>
    </>
  );
}

interface SubjectFilterProps {
  subject: string;
  entries: readonly Listed<'listAudit'>[];
  onChange(subject: string): void;
}

/** Takes effect when a proposal is chosen, at Enter, or when the field is left. */
function SubjectFilter({ subject, entries, onChange }: SubjectFilterProps) {
  const [text, setText] = useState(subject);
  const known = [...new Set(entries.map((entry) => entry.subject))].sort();
  return (
    <Autocomplete
      aria-label={t('audit.subject')}
      placeholder={t('audit.subjectPlaceholder')}
      w={380}
      data={known}
      limit={30}
      value={text}
      onChange={setText}
      onOptionSubmit={onChange}
      onClear={() => onChange('')}
      onBlur={() => onChange(text.trim())}
      onKeyDown={(event) => event.key === 'Enter' && onChange(text.trim())}
      clearable
    />
  );
}

interface EntriesProps {
  entries: readonly Listed<'listAudit'>[];
  pages: Pages<'listAudit'>;
  onSubject(subject: string): void;
}

function Entries({ entries, pages, onSubject }: EntriesProps) {
  const [open, setOpen] = useState<Listed<'listAudit'> | null>(null);
  return (
    <div className={classes.split}>
      <ListTable<Listed<'listAudit'>>
        label={t('audit.label')}
        rows={entries}
        columns={auditColumns({ onOpen: setOpen, onSubject })}
        rowKey={(entry) => String(entry.id)}
        selected={open ? String(open.id) : null}
        rowHeight={34}
        sort={null}
        onOpen={setOpen}
        footer={
          <footer className={classes.footer}>
            {pages.older ? (
              <Button loading={pages.isFetchingNextPage} onClick={pages.older}>
                {t('audit.older')}
              </Button>
            ) : (
              t('audit.allLoaded')
            )}
          </footer>
        }
      />
      {open && <AuditPane entry={open} onSubject={onSubject} onClose={() => setOpen(null)} />}
    </div>
  );
}
