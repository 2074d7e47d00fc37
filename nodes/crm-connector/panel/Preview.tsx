import { Alert, Button, Code, ScrollArea, Table } from '@mantine/core';
import type { PanelContext, PreviewRequest } from '../../kit/panel/context.ts';
import type { CrmConfig } from '../config.ts';
import classes from './Panel.module.css';
import { texts } from './texts.ts';

/** The read that the settings describe, without its import date. */
export function previewRequest(config: CrmConfig): PreviewRequest {
  return {
    connection: config.connection,
    object: config.object,
    fields: config.fields.map((field) => field.name),
    filter: config.filter,
    orderBy: config.orderBy.filter((item) => item.field !== ''),
    everything: config.everything,
  };
}

interface PreviewProps {
  config: CrmConfig;
  context: PanelContext;
  preview: ReturnType<PanelContext['usePreview']>;
  /** Whether the result is one of the settings as they stand. */
  current: boolean;
  onAsk(): void;
}

/** What the filter becomes, how many records pass it, and the first of them. Nothing is stored. */
export function Preview({ config, context, preview: { result }, current, onAsk }: PreviewProps) {
  const missing = context.useMissing('filter');
  const incomplete = context.useIssues('filter').some((issue) => issue.severity === 'error') || missing;
  const ready = config.connection !== '' && config.object !== '' && !incomplete;
  return (
    <section aria-label={texts.preview}>
      <Button onClick={onAsk} disabled={!ready} loading={result.loading}>
        {texts.preview}
      </Button>
      {result.error && current ? (
        <Alert color="red" mt={8} title={result.error.message}>
          {result.error.action}
        </Alert>
      ) : null}
      {result.data ? (
        <>
          {current ? null : <p className={classes.empty}>{texts.previewOld}</p>}
          <Code block mt={8} className={classes.query}>
            {result.data.query}
          </Code>
          <p className={classes.empty}>{texts.matching(result.data.count)}</p>
          <ScrollArea.Autosize type="always" scrollbars="xy" offsetScrollbars mah={320} className={classes.rows}>
            <Table className={classes.table} stickyHeader>
              <Table.Thead>
                <Table.Tr>
                  {result.data.columns.map((column) => (
                    <Table.Th key={column.name}>{column.name}</Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {result.data.rows.map((row, index) => (
                  <Table.Tr key={index}>
                    {row.map((cell, at) => (
                      <Table.Td key={at} title={cell === null ? undefined : textOf(cell)}>
                        {cell === null ? <i className={classes.always}>null</i> : textOf(cell)}
                      </Table.Td>
                    ))}
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </ScrollArea.Autosize>
        </>
      ) : null}
    </section>
  );
}

const textOf = (cell: unknown): string => (typeof cell === 'object' ? JSON.stringify(cell) : String(cell));
