import { Button } from '@mantine/core';
import { IconTable } from '@tabler/icons-react';
import { useShallow } from 'zustand/react/shallow';
import type { Port } from '../../../contract/node.ts';
import { nodePorts, parsedConfig } from '../../../contract/node.ts';
import type { Column } from '../../../contract/types.ts';
import type { WorkflowNode } from '../../../contract/workflow.ts';
import { countText } from '../../canvas/countText.ts';
import { cardData } from '../../canvas/flowParts.ts';
import { PortShape } from '../../canvas/PortShape.tsx';
import { findPort } from '../../state/run/findPort.ts';
import { useRunView } from '../../state/runStore.ts';
import { showRows } from '../../state/viewStore.ts';
import { t } from '../../texts/t.ts';
import { useDrawing } from '../DrawingContext.ts';
import classes from './Inspector.module.css';
import { useInputColumns } from './panelContext.ts';

/** What arrives, by inbound transition. */
export function InputTab({ node }: { node: WorkflowNode }) {
  const { workflow } = useDrawing();
  const inputs = useInputColumns(node.id);
  if (inputs.length === 0) return <p className={classes.type}>{t('inspector.noInput')}</p>;
  return inputs.map((input) => {
    const from = workflow.nodes.find((one) => one.id === input.fromNode);
    const port = from && portsOf(from).find((one) => one.name === input.port);
    return (
      <PortColumns
        key={`${input.fromNode} ${input.port}`}
        nodeId={input.fromNode}
        port={port ?? { name: input.port, label: input.port, kind: 'success', rows: true }}
        title={t('inspector.from', { node: from?.label ?? input.fromNode, port: port?.label ?? input.port })}
        columns={input.columns}
      />
    );
  });
}

/** What leaves, by output. */
export function OutputTab({ node, ports }: { node: WorkflowNode; ports: readonly Port[] }) {
  const inputs = useInputColumns(node.id);
  const { definition } = cardData(node);
  if (ports.length === 0) return <p className={classes.type}>{t('inspector.noOutput')}</p>;
  const columns = definition?.columns(parsedConfig(definition, node), inputs) ?? {};
  return ports.map((port) => (
    <PortColumns key={port.name} nodeId={node.id} port={port} title={port.label} columns={columns[port.name] ?? null} />
  ));
}

const portsOf = (node: WorkflowNode): Port[] => {
  const { definition } = cardData(node);
  return definition ? nodePorts(definition, node) : [];
};

function PortColumns(props: { nodeId: string; port: Port; title: string; columns: Column[] | null }) {
  const { nodeId, port, title, columns } = props;
  const view = useRunView(useShallow((state) => findPort(state, nodeId, port.name)));
  const count = view ? countText(view) : '';
  return (
    <section className={classes.group} aria-label={title}>
      <div className={classes.groupHead}>
        <PortShape kind={port.kind} filled />
        {title}
        {count !== '' && <span className={classes.count}>{t('rows.count', { count })}</span>}
        {view && port.rows && (
          <Button
            size="compact-xs"
            leftSection={<IconTable size={13} aria-hidden />}
            onClick={() => showRows({ nodeId, port: port.name })}
          >
            {t('inspector.openRows')}
          </Button>
        )}
      </div>
      {port.rows ? <ColumnList columns={columns} /> : <p className={classes.type}>{t('inspector.noRows')}</p>}
    </section>
  );
}

function ColumnList({ columns }: { columns: Column[] | null }) {
  if (!columns) return <p className={classes.type}>{t('inspector.columnsUnknown')}</p>;
  return (
    <table className={classes.columns}>
      <thead>
        <tr>
          <th>{t('columns.name')}</th>
          <th style={{ width: '24%' }}>{t('columns.type')}</th>
          <th style={{ width: '34%' }}>{t('columns.source')}</th>
        </tr>
      </thead>
      <tbody>
        {columns.map((column) => (
          <tr key={column.name}>
            <td title={column.label}>{column.name}</td>
            <td className={classes.kind}>{column.type}</td>
            <td className={classes.kind}>{column.source ?? ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
