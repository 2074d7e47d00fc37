import { Alert } from '@mantine/core';
import { IconKeyOff } from '@tabler/icons-react';
import type { FormField } from '../../contract/form.ts';
import { passedColumns } from '../kit/columns.ts';
import type { PanelProps } from '../kit/panel/context.ts';
import { Form } from '../kit/panel/Form.tsx';
import type { DataExtensionConfig } from './config.ts';
import { form } from './form.ts';
import { Columns } from './panel/Columns.tsx';
import { Custom } from './panel/Custom.tsx';
import { ExtensionChoice, isTemplate } from './panel/ExtensionChoice.tsx';
import { Mapping } from './panel/Mapping.tsx';
import classes from './panel/Panel.module.css';
import { Prepare } from './panel/Prepare.tsx';
import { texts } from './panel/texts.ts';

const fields = (...names: string[]): FormField[] => form.filter(({ name }) => names.includes(name));
const mapping = fields('key', 'attributes', 'custom', 'missing');

/** Connection → data extension → mapping, each from what Marketing Cloud says of itself; then how rows get there. */
export default function DataExtensionPanel(props: PanelProps<DataExtensionConfig>) {
  const { config, onChange, readOnly, context } = props;
  const columns = passedColumns(context.useColumns()) ?? [];
  const listed = context.useExtensions(config.connection || null);
  const wanted = config.extension.trim().toLowerCase();
  const entry = listed.data?.find(({ key }) => key.toLowerCase() === wanted) ?? null;
  const details = context.useExtension(config.connection || null, entry?.key ?? null);
  const guide = context.useGuide(config.delivery === 'file' && config.files !== '' ? config.files : null);
  const plain = { ...props, onChange } as unknown as PanelProps;
  const extension = details.data;
  const scope = extension && { config, extension, columns, change: onChange, readOnly, context };
  const keyless = extension?.columns.every(({ key }) => !key) ?? false;
  // A key that only a run knows, or Marketing Cloud out of reach: names are written by hand.
  const unseen = listed.error ?? details.error ?? (listed.data && !entry);
  const byHand = wanted !== '' && !extension && (isTemplate(wanted) || unseen);
  return (
    <div className={classes.panel}>
      <Form {...plain} fields={fields('connection')} />
      <ExtensionChoice {...props} listed={listed} entry={entry} details={details} />
      {extension && keyless ? (
        <Alert color="red" icon={<IconKeyOff aria-hidden />} title={texts.noKeyTitle} role="alert">
          {texts.noKey(extension.name)}
        </Alert>
      ) : null}
      {extension ? <Columns columns={extension.columns} /> : null}
      <Form {...plain} fields={fields('mode')} />
      {scope && !keyless ? (
        <>
          <Mapping {...scope} />
          <Custom {...scope} />
        </>
      ) : null}
      {byHand ? <Form {...plain} fields={mapping} /> : null}
      {wanted === '' && config.connection !== '' ? <p className={classes.note}>{texts.chooseFirst}</p> : null}
      <Form {...plain} fields={fields('emptyOverwrites', 'delivery', 'files')} />
      <Prepare guide={guide} />
      <Form {...plain} fields={fields('folder', 'draft', 'start', 'location')} />
    </div>
  );
}
