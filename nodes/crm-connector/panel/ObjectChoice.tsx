import { Select } from '@mantine/core';
import type { RemoteObject } from '../../../contract/connector.ts';
import type { PanelProps } from '../../kit/panel/context.ts';
import field from '../../kit/panel/panel.module.css';
import type { CrmConfig } from '../config.ts';
import { withObject } from './remote.ts';
import { texts } from './texts.ts';

/** Objects with which the operation can do something; the chosen one is always among them. */
export function ObjectChoice({ config, onChange, readOnly, context }: PanelProps<CrmConfig>) {
  const { data, error, loading } = context.useObjects(config.connection || null);
  const problem = context.useIssues('object')[0]?.message ?? null;
  const missing = context.useMissing('object');
  const objects = (data ?? []).filter((object) => isFit(object, config));
  const known = objects.some((object) => object.name === config.object) || config.object === '';
  const there = data?.find((object) => object.name === config.object);
  const unfit = there && !known ? texts.unfit[config.operation] : null;
  const choices = [
    ...(known ? [] : [{ value: config.object, label: config.objectLabel || config.object }]),
    ...objects.map((object) => ({
      value: object.name,
      label: object.label === object.name ? object.name : `${object.label} · ${object.name}`,
    })),
  ];
  return (
    <div className={field.field} data-path="object" data-missing={missing || undefined}>
      <Select
        label={texts.object}
        placeholder={
          config.connection === '' ? texts.chooseConnectionFirst : loading ? texts.loading : texts.chooseObject
        }
        data={choices}
        value={config.object || null}
        onChange={(next) =>
          next !== null &&
          onChange(withObject(config, next, objects.find((object) => object.name === next)?.label ?? next))
        }
        error={problem ?? (error ? `${error.message} ${error.action}` : unfit)}
        disabled={config.connection === ''}
        readOnly={readOnly}
        limit={100}
        searchable
        allowDeselect={false}
      />
    </div>
  );
}

function isFit(object: RemoteObject, { operation, export: { mode } }: CrmConfig): boolean {
  if (operation === 'deleted') return object.tracksDeletions !== false;
  if (operation === 'delete') return object.deletable;
  if (operation === 'import') return object.queryable;
  return (mode === 'update' || object.createable) && (mode === 'insert' || object.updateable);
}
