import type { FormField } from '../../../contract/form.ts';
import { Fields } from '../../../nodes/kit/panel/Form.tsx';
import { t } from '../../texts/t.ts';
import type { Connector } from './connection.ts';
import { settingsContext } from './settingsContext.ts';

interface SettingsFieldsProps {
  connector: Connector;
  settings: Record<string, unknown>;
  /** Secrets that have a value already. */
  secretsSet: readonly string[];
  problems: Record<string, string>;
  readOnly: boolean;
  onChange(settings: Record<string, unknown>): void;
}

/** The settings as the connector's definition describes them. */
export function SettingsFields({ connector, secretsSet, settings, problems, readOnly, onChange }: SettingsFieldsProps) {
  const fields = connector.form.map((field) => (secretsSet.includes(field.name) ? withSecretSet(field) : field));
  return (
    <Fields
      fields={fields}
      config={settings}
      base=""
      onChange={onChange}
      readOnly={readOnly}
      context={settingsContext(problems)}
    />
  );
}

function withSecretSet(field: FormField): FormField {
  return field.kind === 'secret' ? { ...field, placeholder: t('connections.secretSet') } : field;
}
