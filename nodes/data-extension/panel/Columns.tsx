import { Table } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import type { ExtensionColumn } from '../../../contract/dataExtension.ts';
import classes from './Panel.module.css';
import { texts } from './texts.ts';

/** What the data extension has, whether it is mapped or not. */
export function Columns({ columns }: { columns: readonly ExtensionColumn[] }) {
  return (
    <details className={classes.fold ?? ''}>
      <summary>
        {texts.columns} ({columns.length})
      </summary>
      <Table className={classes.table ?? ''} aria-label={texts.columns}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{texts.columnName}</Table.Th>
            <Table.Th>{texts.columnType}</Table.Th>
            <Table.Th>{texts.columnRole}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {columns.map((column) => (
            <Table.Tr key={column.name}>
              <Table.Td>{column.name}</Table.Td>
              <Table.Td>{texts.remoteType(column.remoteType, column.length)}</Table.Td>
              <Table.Td>
                <Rule column={column} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </details>
  );
}

function Rule({ column }: { column: ExtensionColumn }) {
  if (!column.key) return column.required ? texts.required : '';
  return (
    <>
      <IconKey size={12} aria-hidden /> {texts.isKey}
    </>
  );
}
