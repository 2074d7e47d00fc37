import { ActionIcon, Checkbox, Select, Table } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { Fragment } from 'react';
import type { RemoteObject } from '../../../contract/connector.ts';
import type { ReplicateConfig, ReplicatedObject } from '../config.ts';
import { hasChangeTable, modes } from '../config.ts';
import { tableName, whyNot } from '../objects.ts';
import classes from './Panel.module.css';
import { texts } from './texts.ts';

interface ChosenProps {
  config: ReplicateConfig;
  /** null: not known now. */
  listed: readonly RemoteObject[] | null;
  onChange(objects: ReplicatedObject[]): void;
  readOnly: boolean;
}

/** The chosen objects: where each lands, and what is done with it when that is not what the node says. */
export function Chosen({ config, listed, onChange, readOnly }: ChosenProps) {
  const byName = listed && new Map(listed.map((object) => [object.name, object]));
  const change = (name: string, edit: (object: ReplicatedObject) => ReplicatedObject): void =>
    onChange(config.objects.map((object) => (object.name === name ? edit(object) : object)));
  return (
    <div className={classes.chosen}>
      <Table className={classes.table} verticalSpacing={2}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{texts.object}</Table.Th>
            <Table.Th>{texts.mode}</Table.Th>
            <Table.Th>{texts.changeTable}</Table.Th>
            <Table.Th />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {config.objects.map((object) => (
            <Fragment key={object.name}>
              <Table.Tr data-remarked={remarkOf(object, byName) !== null || undefined}>
                <Table.Td title={object.label}>
                  <div className={classes.object}>{object.name}</div>
                  <div className={classes.target}>{texts.into(tableName(config.prefix, object.name))}</div>
                </Table.Td>
                <Table.Td title={object.mode ? undefined : texts.asBelowIs(texts.modes[config.mode])}>
                  <Select
                    variant="unstyled"
                    size="xs"
                    aria-label={texts.modeOf(object.name)}
                    data={[
                      { value: '', label: texts.asBelow },
                      ...modes.map((mode) => ({ value: mode, label: texts.modes[mode] })),
                    ]}
                    value={object.mode ?? ''}
                    onChange={(next) => change(object.name, ({ mode: _, ...rest }) => withMode(rest, next))}
                    readOnly={readOnly}
                    allowDeselect={false}
                  />
                </Table.Td>
                <Table.Td>
                  <Checkbox
                    size="xs"
                    aria-label={texts.changeTableOf(object.name)}
                    checked={hasChangeTable(config, object)}
                    onChange={(event) => {
                      const { checked } = event.currentTarget;
                      change(object.name, (one) => ({ ...one, changeTable: checked }));
                    }}
                    disabled={readOnly}
                  />
                </Table.Td>
                <Table.Td className={classes.remove}>
                  {readOnly ? null : (
                    <ActionIcon
                      aria-label={texts.remove(object.name)}
                      onClick={() => onChange(config.objects.filter((one) => one !== object))}
                      size={22}
                    >
                      <IconX size={13} />
                    </ActionIcon>
                  )}
                </Table.Td>
              </Table.Tr>
              <Remark remark={remarkOf(object, byName)} />
            </Fragment>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function withMode(object: ReplicatedObject, next: string | null): ReplicatedObject {
  const mode = modes.find((one) => one === next);
  return mode ? { ...object, mode } : object;
}

interface Said {
  text: string;
  warning: boolean;
}

/** Why it will not be copied, or is dearer than it looks. */
function remarkOf(object: ReplicatedObject, listed: ReadonlyMap<string, RemoteObject> | null): Said | null {
  const remote = listed?.get(object.name);
  const reason = whyNot(remote ?? { name: object.name, queryable: true });
  if (reason !== null) return { text: texts.cannot(reason), warning: true };
  if (listed && !remote) return { text: texts.notThere, warning: true };
  return remote?.tracksDeletions === false ? { text: texts.comparedWhole, warning: false } : null;
}

/** Below its row, over the whole width: sentences need it. */
function Remark({ remark }: { remark: Said | null }) {
  if (remark === null) return null;
  return (
    <Table.Tr>
      <Table.Td colSpan={4} className={classes.remark} data-warning={remark.warning || undefined}>
        {remark.text}
      </Table.Td>
    </Table.Tr>
  );
}
