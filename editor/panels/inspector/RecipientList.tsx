import { ActionIcon, Anchor, Button, Group, Input, Select, TagsInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { Link } from 'react-router';
import type { Recipient } from '../../../contract/alarm.ts';
import { useApi } from '../../api/queries.ts';
import { connectorCatalog } from '../../catalog/connectors.ts';
import { newPathOf } from '../../pages/connections/connection.ts';
import { t } from '../../texts/t.ts';
import classes from './Inspector.module.css';

interface RecipientListProps {
  recipients: readonly Recipient[];
  readOnly: boolean;
  onChange(recipients: Recipient[]): void;
}

const canTell = ({ capabilities }: { capabilities: readonly string[] }): boolean =>
  ['mail', 'webhook'].some((one) => capabilities.includes(one));
const kinds = [...connectorCatalog.values()].filter(canTell);

/** Who hears of alarms: addresses by a connection that sends mail, or a webhook. */
export function RecipientList({ recipients, readOnly, onChange }: RecipientListProps) {
  const connections = useApi('listConnections').data ?? [];
  const able = connections.filter(canTell);
  const replace = (index: number, patch: Partial<Recipient>) =>
    onChange(recipients.map((one, at) => (at === index ? { ...one, ...patch } : one)));
  const first = able[0];
  return (
    <Input.Wrapper
      label={t('workflow.recipients')}
      description={able.length === 0 ? t('workflow.recipientsNone') : t('workflow.recipientsHint')}
      labelElement="div"
    >
      {able.length === 0 && !readOnly && <NewConnectionLinks />}
      {recipients.map((recipient, index) => (
        <RecipientFields
          key={index}
          recipient={recipient}
          connections={able}
          readOnly={readOnly}
          onChange={(patch) => replace(index, patch)}
          onRemove={() => onChange(recipients.filter((_, at) => at !== index))}
        />
      ))}
      {first && !readOnly && (
        <Button
          mt={6}
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => onChange([...recipients, { connection: first.name, to: [] }])}
        >
          {t('workflow.addRecipient')}
        </Button>
      )}
    </Input.Wrapper>
  );
}

/** Without a connection that can send there is nobody to name: here it is made. */
function NewConnectionLinks() {
  return (
    <Group gap="md" mt={6}>
      {kinds.map(({ kind, label }) => (
        <Anchor key={kind} component={Link} to={newPathOf(kind)} size="sm">
          {t('workflow.newConnection', { kind: label })}
        </Anchor>
      ))}
    </Group>
  );
}

interface RecipientFieldsProps {
  recipient: Recipient;
  connections: readonly { name: string; label: string; capabilities: readonly string[] }[];
  readOnly: boolean;
  onChange(patch: Partial<Recipient>): void;
  onRemove(): void;
}

/** A webhook knows where it posts to; mail needs addresses. */
function RecipientFields({ recipient, connections, readOnly, onChange, onRemove }: RecipientFieldsProps) {
  const mail = connections.find((one) => one.name === recipient.connection)?.capabilities.includes('mail') ?? true;
  return (
    <div className={classes.recipient}>
      <Select
        aria-label={t('workflow.recipientBy')}
        data={connections.map(({ name, label }) => ({ value: name, label }))}
        value={recipient.connection}
        allowDeselect={false}
        readOnly={readOnly}
        onChange={(connection) => connection && onChange({ connection })}
      />
      {mail && (
        <TagsInput
          aria-label={t('workflow.recipientTo')}
          placeholder={recipient.to.length === 0 ? t('workflow.recipientTo') : ''}
          value={recipient.to}
          splitChars={[',', ';', ' ']}
          readOnly={readOnly}
          onChange={(to) => onChange({ to })}
        />
      )}
      {!readOnly && (
        <ActionIcon aria-label={t('workflow.removeRecipient', { name: recipient.connection })} onClick={onRemove}>
          <IconTrash size={14} aria-hidden />
        </ActionIcon>
      )}
    </div>
  );
}
