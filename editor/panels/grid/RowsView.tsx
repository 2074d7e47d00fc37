import { ActionIcon, Button, Menu, SegmentedControl, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconDownload, IconFilter, IconSearch, IconX } from '@tabler/icons-react';
import { type ReactNode, type RefObject, useRef, useState } from 'react';
import { EmptyView, FailureView, LoadingView } from '../../shell/PageStates.tsx';
import { t } from '../../texts/t.ts';
import { Grid } from './Grid.tsx';
import classes from './RowsView.module.css';
import type { OpenRow, RowsSource } from './rowsSource.ts';
import { SchemaTable } from './SchemaTable.tsx';
import { type Rows, useRows } from './useRows.ts';

interface RowsViewProps {
  source: RowsSource;
  /** Names the rows for those who do not see where they stand. */
  label: string;
  /** What to do when there are no rows at all. */
  emptyHint?: string;
  onOpen?: OpenRow;
  /** Before the count, for example a choice of passes. */
  children?: ReactNode;
}

/** Rows of a transition or a local table: searched, filtered, sorted, copied, downloaded; or their columns. */
export function RowsView({ source, children, ...rest }: RowsViewProps) {
  // Who looks for somebody along the arrows writes the name once: it stays when other rows are opened.
  const [search, setSearch] = useState('');
  return (
    <RowsOf key={source.key} source={source} search={search} onSearch={setSearch} {...rest}>
      {children}
    </RowsOf>
  );
}

interface RowsOfProps extends RowsViewProps {
  search: string;
  onSearch(text: string): void;
}

function RowsOf(props: RowsOfProps) {
  const { source, label, emptyHint = t('rows.noneHint'), onOpen, children, search, onSearch } = props;
  const rows = useRows(source, search);
  const searchInput = useRef<HTMLInputElement>(null);
  const [shown, setShown] = useState<'rows' | 'columns'>('rows');
  return (
    <div className={classes.view}>
      <div className={classes.bar} role="toolbar" aria-label={t('rows.tools')}>
        <SegmentedControl
          value={shown}
          onChange={(value) => setShown(value as 'rows' | 'columns')}
          aria-label={t('rows.show')}
          data={[
            { value: 'rows', label: t('rows.rows') },
            { value: 'columns', label: t('rows.columns') },
          ]}
        />
        {children}
        <FilterChips rows={rows} />
        <span className={classes.space} />
        <span className={classes.count} role="status">
          {countLine(rows)}
          {!rows.loading && !rows.narrowed && (
            <span className={classes.wide}> · {t('rows.columnCount', { count: rows.columns.length })}</span>
          )}
        </span>
        <SearchBox input={searchInput} initial={search} onSearch={onSearch} />
        {source.downloadUrl && <DownloadMenu source={source} rows={rows} />}
      </div>
      <div className={classes.body}>
        <RowsBody
          rows={rows}
          label={label}
          emptyHint={emptyHint}
          shown={shown}
          onFind={() => searchInput.current?.focus()}
          onOpen={onOpen}
        />
      </div>
    </div>
  );
}

function countLine({ loading, narrowed, matching, total }: Rows): string {
  if (loading) return '';
  return narrowed ? t('rows.matching', { matching, total }) : t('rows.total', { count: total });
}

interface RowsBodyProps {
  rows: Rows;
  label: string;
  emptyHint: string;
  shown: 'rows' | 'columns';
  onFind(): void;
  onOpen: OpenRow | undefined;
}

function RowsBody({ rows, label, emptyHint, shown, onFind, onOpen }: RowsBodyProps) {
  if (rows.error) return <FailureView error={rows.error} onRetry={rows.retry} />;
  if (rows.loading) return <LoadingView />;
  if (shown === 'columns') return <SchemaTable columns={rows.columns} />;
  if (rows.total === 0) return <EmptyView title={t('rows.none')} text={emptyHint} />;
  return <Grid rows={rows} label={label} onFind={onFind} onOpen={onOpen} />;
}

interface SearchBoxProps {
  input: RefObject<HTMLInputElement | null>;
  initial: string;
  onSearch(text: string): void;
}

function SearchBox({ input, initial, onSearch }: SearchBoxProps) {
  const [text, setText] = useState(initial);
  const later = useDebouncedCallback(onSearch, 250);
  const change = (next: string) => {
    setText(next);
    later(next.trim());
  };
  return (
    <TextInput
      ref={input}
      className={classes.search}
      type="search"
      aria-label={t('rows.search')}
      placeholder={t('rows.search')}
      leftSection={<IconSearch size={14} aria-hidden />}
      rightSection={
        text === '' ? null : (
          <ActionIcon size={20} aria-label={t('rows.clearSearch')} onClick={() => change('')}>
            <IconX size={13} aria-hidden />
          </ActionIcon>
        )
      }
      maxLength={200}
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

function FilterChips({ rows }: { rows: Rows }) {
  return rows.filters.map((filter) => (
    <Button
      key={filter.column}
      size="compact-xs"
      leftSection={<IconFilter size={12} aria-hidden />}
      rightSection={<IconX size={12} aria-hidden />}
      aria-label={t('rows.removeFilter', { column: filter.column })}
      onClick={() => rows.setFilters(rows.filters.filter((one) => one !== filter))}
    >
      {[filter.column, t(`filter.${filter.operator}`), filter.value === null ? '' : String(filter.value)].join(' ')}
    </Button>
  ));
}

const formats = ['csv', 'json'] as const;

function DownloadMenu({ source, rows }: { source: RowsSource; rows: Rows }) {
  return (
    <Menu>
      <Menu.Target>
        <Button leftSection={<IconDownload size={15} aria-hidden />} style={{ flex: 'none' }}>
          {t('rows.download')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{rows.narrowed ? t('rows.downloadMatching') : t('rows.downloadAll')}</Menu.Label>
        {formats.map((format) => (
          <Menu.Item key={format} component="a" href={source.downloadUrl?.(format, rows.query)} download>
            {t(`rows.format.${format}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
