import type { PanelProps } from '../kit/panel/context.ts';
import { Form } from '../kit/panel/Form.tsx';
import type { ReplicateConfig } from './config.ts';
import { modeOf } from './config.ts';
import { Available } from './panel/Available.tsx';
import { Chosen } from './panel/Chosen.tsx';
import classes from './panel/Panel.module.css';
import { texts } from './panel/texts.ts';

/** Connection → target → objects, many at once → how. */
export default function ReplicatePanel(props: PanelProps<ReplicateConfig>) {
  const { definition, config, onChange } = props;
  const plain = {
    ...props,
    onChange: (next: Record<string, unknown>, coalesce?: string) => onChange(next as ReplicateConfig, coalesce),
  } as unknown as PanelProps;
  const fieldsOf = (names: string[]) => definition.form.filter((field) => names.includes(field.name));
  const used = new Set([config.mode, ...config.objects.map((object) => modeOf(config, object))]);
  return (
    <div className={classes.panel}>
      <Form {...plain} fields={fieldsOf(['connection', 'target', 'database', 'prefix'])} />
      <Objects {...props} />
      <Form
        {...plain}
        fields={fieldsOf([
          'mode',
          'changeTables',
          ...(used.has('compare') ? ['mend', 'sample'] : []),
          ...(used.has('changes') ? ['lookBack', 'lag'] : []),
        ])}
      />
    </div>
  );
}

function Objects({ config, onChange, readOnly, context }: PanelProps<ReplicateConfig>) {
  const { data, error, loading } = context.useObjects(config.connection || null);
  const problem = context.useIssues('objects').find((issue) => issue.severity === 'error')?.message ?? null;
  const missing = context.useMissing('objects');
  const change = (objects: ReplicateConfig['objects']): void => onChange({ ...config, objects });
  const empty = config.connection === '' ? texts.chooseConnectionFirst : texts.none;
  return (
    <section aria-label={texts.objects} data-path="objects" data-missing={missing || undefined}>
      <div className={classes.heading}>
        {texts.objects}{' '}
        <span className={classes.aside}>{config.objects.length > 0 ? texts.chosen(config.objects.length) : ''}</span>
      </div>
      {config.objects.length > 0 ? (
        <Chosen config={config} listed={data} onChange={change} readOnly={readOnly} />
      ) : (
        <p className={classes.hint}>{loading ? texts.loading : empty}</p>
      )}
      {problem !== null && !missing ? <p className={classes.error}>{problem}</p> : null}
      {error ? <p className={classes.error}>{`${error.message} ${error.action}`}</p> : null}
      {data && !readOnly ? <Available objects={data} chosen={config.objects} onChange={change} /> : null}
    </section>
  );
}
