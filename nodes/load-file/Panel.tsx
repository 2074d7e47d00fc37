import type { PanelProps } from '../kit/panel/context.ts';
import { Form } from '../kit/panel/Form.tsx';
import type { LoadFileConfig } from './config.ts';
import { columnsField, endingFields, formatFields, sourceFields } from './form.ts';
import classes from './panel/Panel.module.css';
import { Sample } from './panel/Sample.tsx';

/** Where → a sample → format → columns, each asked what the format needs. */
export default function LoadFilePanel(props: PanelProps<LoadFileConfig>) {
  const { config, onChange, readOnly } = props;
  const plain = {
    ...props,
    onChange: (next: Record<string, unknown>, coalesce?: string) => onChange(next as LoadFileConfig, coalesce),
  } as unknown as PanelProps;
  return (
    <div className={classes.panel}>
      <Form {...plain} fields={sourceFields} />
      {readOnly ? null : <Sample onPropose={(proposal) => onChange({ ...config, ...proposal })} />}
      <Form {...plain} fields={[...formatFields, columnsField(config.format), ...endingFields]} />
    </div>
  );
}
