import type { FormField } from '../../contract/form.ts';
import { primaryFirst } from '../kit/joins.ts';
import type { PanelProps } from '../kit/panel/context.ts';
import { Form } from '../kit/panel/Form.tsx';
import { LocalTableSelect, toFields, useReadableTables } from '../kit/panel/LocalTableSelect.tsx';
import type { ReconciliationConfig } from './definition.ts';
import { form } from './form.ts';
import { Keys } from './panel/Keys.tsx';
import classes from './panel/Panel.module.css';
import { Take } from './panel/Take.tsx';

/** Where records are looked up, by which columns, and what comes along. */
export default function ReconciliationPanel(props: PanelProps<ReconciliationConfig>) {
  const { config, onChange, readOnly, context } = props;
  const plain = {
    ...props,
    onChange: (next: Record<string, unknown>, coalesce?: string) => onChange(next as ReconciliationConfig, coalesce),
  } as unknown as PanelProps;
  const { tables } = useReadableTables(context);
  const [population, second] = primaryFirst(context.useColumns(), config.primary);
  const table = tables.find(({ name }) => name === config.table);
  const other = config.against === 'table' ? table?.columns : second?.columns;
  const sides = { own: toFields(population?.columns ?? []), other: toFields(other ?? []) };
  return (
    <div className={classes.panel}>
      <Form {...plain} fields={formFields('against')} />
      {config.against === 'table' ? (
        <LocalTableSelect
          value={config.table}
          onChange={(name) => onChange({ ...config, table: name })}
          readOnly={readOnly}
          context={context}
        />
      ) : (
        <Form {...plain} fields={formFields('primary')} />
      )}
      <Keys
        keys={config.keys}
        sides={sides}
        onChange={(keys) => onChange({ ...config, keys })}
        readOnly={readOnly}
        context={context}
      />
      <Take
        take={config.take}
        sides={sides}
        onChange={(take, coalesce) => onChange({ ...config, take }, coalesce)}
        readOnly={readOnly}
        context={context}
      />
    </div>
  );
}

const formFields = (...names: string[]): FormField[] => form.filter((field) => names.includes(field.name));
