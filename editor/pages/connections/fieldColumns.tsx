import type { Reply } from '../../../contract/api.ts';
import { formatNumber } from '../../texts/format.ts';
import { type PlainKey, t } from '../../texts/t.ts';
import type { ListColumn } from '../frame/listColumn.ts';
import classes from './connections.module.css';

type Field = Reply<'describeObject'>['fields'][number];

export function fieldColumns(idField: string): ListColumn<Field>[] {
  return [
    {
      key: 'name',
      head: t('fields.column.name'),
      sort: (field) => field.name,
      cell: ({ name }) => (
        <code className={classes.code} title={name}>
          {name}
        </code>
      ),
    },
    {
      key: 'label',
      head: t('fields.column.label'),
      sort: (field) => field.label,
      cell: ({ label }) => <span title={label}>{label}</span>,
    },
    {
      key: 'remoteType',
      head: t('fields.column.remoteType'),
      width: 118,
      sort: (field) => field.remoteType,
      cell: (field) => field.remoteType,
    },
    {
      key: 'type',
      head: t('fields.column.type'),
      width: 86,
      from: 'medium',
      sort: (field) => field.type,
      cell: ({ type }) => <span className={classes.type}>{type}</span>,
    },
    {
      key: 'traits',
      head: t('fields.column.traits'),
      cell: (field) => <Traits field={field} isId={field.name === idField} />,
    },
    {
      key: 'about',
      head: t('fields.column.about'),
      from: 'medium',
      cell: (field) => (
        <span className={classes.type} title={aboutText(field)}>
          {aboutText(field)}
        </span>
      ),
    },
  ];
}

function Traits({ field, isId }: { field: Field; isId: boolean }) {
  return traitsOf(field, isId).map(({ text, tone }) => (
    <span key={text} className={classes.trait} data-tone={tone}>
      {t(text)}
    </span>
  ));
}

/** What sets a field apart from a plain one that may be read, filtered by and written. */
function traitsOf(field: Field, isId: boolean): { text: PlainKey; tone?: 'run' | 'wait' | 'rej' }[] {
  const writable = field.createable || field.updateable;
  return [
    ...(isId ? [{ text: 'fields.id', tone: 'run' } as const] : []),
    ...(field.identifying && !isId ? [{ text: 'fields.trait.identifying', tone: 'run' } as const] : []),
    ...(field.personal ? [{ text: 'fields.trait.personal', tone: 'wait' } as const] : []),
    ...(field.calculated ? [{ text: 'fields.trait.calculated' } as const] : []),
    ...(writable || field.calculated ? [] : [{ text: 'fields.trait.readOnly' } as const]),
    ...(field.createable && !field.updateable ? [{ text: 'fields.trait.createOnly' } as const] : []),
    ...(field.filterable ? [] : [{ text: 'fields.trait.noFilter', tone: 'rej' } as const]),
    ...(field.nullable || !field.createable ? [] : [{ text: 'fields.trait.required' } as const]),
  ];
}

function aboutText({ length, references, values }: Field): string {
  const parts = [
    references ? t('fields.leadsTo', { objects: references.objects.join(', ') }) : null,
    values?.length
      ? t('fields.values', { count: values.length, values: values.map(({ label }) => label).join(', ') })
      : null,
    length ? t('fields.length', { length: formatNumber(length) }) : null,
  ];
  return parts.filter((part) => part !== null).join(' · ');
}
