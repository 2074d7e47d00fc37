import { Autocomplete, Button } from '@mantine/core';
import type { ExtensionEntry } from '../../../contract/dataExtension.ts';
import type { ExtensionSeen, Loaded, PanelProps } from '../../kit/panel/context.ts';
import field from '../../kit/panel/panel.module.css';
import type { DataExtensionConfig } from '../config.ts';
import classes from './Panel.module.css';
import { texts } from './texts.ts';

interface ExtensionChoiceProps extends PanelProps<DataExtensionConfig> {
  listed: Loaded<ExtensionEntry[]>;
  /** The one that is chosen, as the list has it. */
  entry: ExtensionEntry | null;
  details: Loaded<ExtensionSeen>;
}

/** Data extensions of the business unit by name, key and folder; a key, or a template of one, can be written too. */
export function ExtensionChoice({ listed, entry, details, ...props }: ExtensionChoiceProps) {
  const { config, onChange, readOnly, context } = props;
  const problem = context.useIssues('extension')[0]?.message ?? null;
  const missing = context.useMissing('extension');
  const byKey = new Map((listed.data ?? []).map((one) => [one.key, one]));
  const isFound = (key: string, search: string): boolean => {
    const { name = '', folder = '' } = byKey.get(key) ?? {};
    return `${key} ${name} ${folder}`.toLowerCase().includes(search.trim().toLowerCase());
  };
  return (
    <div className={field.field} data-path="extension" data-missing={missing || undefined}>
      <Autocomplete
        label={texts.extension}
        placeholder={placeholderOf(config.connection, listed)}
        data={[...byKey.keys()]}
        value={config.extension}
        onChange={(extension) => onChange({ ...config, extension }, 'extension')}
        renderOption={({ option }) => <Entry entry={byKey.get(option.value)} />}
        filter={({ options, search }) => {
          // What is chosen is no search: the others are offered beside it.
          const words = byKey.has(search) ? '' : search;
          return options.filter((option) => 'value' in option && isFound(option.value, words));
        }}
        error={problem ?? remoteProblem(config, listed, entry, details)}
        disabled={config.connection === ''}
        readOnly={readOnly}
        limit={100}
      />
      <Chosen config={config} listed={listed} entry={entry} details={details} />
    </div>
  );
}

function placeholderOf(connection: string, { loading }: Loaded<unknown>): string {
  if (connection === '') return texts.chooseConnectionFirst;
  return loading ? texts.loading : texts.chooseExtension;
}

function Entry({ entry }: { entry: ExtensionEntry | undefined }) {
  if (!entry) return null;
  return (
    <span className={classes.option}>
      {entry.name}
      <span>{texts.keyOf(entry.key, entry.folder)}</span>
    </span>
  );
}

export const isTemplate = (text: string): boolean => text.includes('<%');

function remoteProblem(
  { extension }: DataExtensionConfig,
  listed: Loaded<ExtensionEntry[]>,
  entry: ExtensionEntry | null,
  details: Loaded<ExtensionSeen>,
): string | null {
  const error = listed.error ?? details.error;
  if (error) return `${error.message} ${error.action}`;
  const unknown = listed.data !== null && entry === null && extension.trim() !== '' && !isTemplate(extension);
  return unknown ? texts.notListed : null;
}

type ChosenProps = Pick<ExtensionChoiceProps, 'config' | 'listed' | 'entry' | 'details'>;

function Chosen({ config, listed, entry, details }: ChosenProps) {
  const again = (
    <Button
      size="compact-xs"
      variant="subtle"
      onClick={() => {
        listed.reload();
        if (entry) details.reload();
      }}
    >
      {texts.lookAgain}
    </Button>
  );
  if (isTemplate(config.extension)) return <p className={classes.note}>{texts.byTemplate}</p>;
  if (listed.data?.length === 0)
    return (
      <p className={classes.note}>
        {texts.noExtensions} {again}
      </p>
    );
  if (!entry) return listed.error || listed.data ? again : null;
  const { data } = details;
  const told = data ? [texts.rows(data.rows), texts.columnCount(data.columns.length)] : [];
  return (
    <p className={classes.note}>
      {[entry.name, entry.folder, ...told].filter((text) => text !== '').join(' · ')} {again}
    </p>
  );
}
