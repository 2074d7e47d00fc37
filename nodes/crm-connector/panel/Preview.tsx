import { Alert, Button, Code, ScrollArea, Table } from '@mantine/core';
import { useId } from 'react';
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
  const blocked = useBlocked(config, context);
  const reason = useId();
  return (
    <section aria-label={texts.preview}>
      <div className={classes.ask}>
        <Button
          onClick={onAsk}
          disabled={blocked !== null}
          aria-describedby={blocked === null ? undefined : reason}
          loading={result.loading}
        >
          {texts.preview}
        </Button>
        {blocked === null ? null : (
          <p id={reason} className={classes.empty}>
            {blocked}
          </p>
        )}
      </div>
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
          {config.index.enabled ? <p className={classes.empty}>{leftOut(config)}</p> : null}
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

/** Why nothing can be asked yet; null: it can. */
function useBlocked({ connection, object }: CrmConfig, context: PanelContext): string | null {
  const missing = context.useMissing('filter');
  const problem = context.useIssues('filter').find((issue) => issue.severity === 'error');
  if (connection === '') return texts.chooseConnectionFirst;
  if (object === '') return texts.chooseObjectFirst;
  if (missing) return texts.conditionUnfinished;
  return problem ? texts.conditionWrong(problem.message) : null;
}

/** What the automatic index does to these records: the preview asks without it. */
function leftOut({ index }: CrmConfig): string {
  return index.by === 'comparison' ? texts.previewWithoutComparison : texts.previewWithoutDate(index.indexField);
}

const textOf = (cell: unknown): string => (typeof cell === 'object' ? JSON.stringify(cell) : String(cell));
