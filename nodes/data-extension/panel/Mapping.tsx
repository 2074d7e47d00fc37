import { AddSelect } from '../../kit/panel/mapping/AddSelect.tsx';
import { TypedOption } from '../../kit/panel/mapping/ColumnSelect.tsx';
import { MappingList } from '../../kit/panel/mapping/MappingList.tsx';
import { attributeOf } from '../config.ts';
import { MappingRow } from './MappingRow.tsx';
import type { MappedLine, MappingScope } from './mapping.ts';
import {
  attributeLines,
  keyLines,
  missingColumns,
  openColumns,
  openMatches,
  withAttributes,
  withMatches,
} from './mapping.ts';
import { texts } from './texts.ts';

/** The primary key first, then the attributes: each with the column that fills it. */
export function Mapping(scope: MappingScope) {
  const { config, extension, columns, change, readOnly, context } = scope;
  const matches = openMatches(config, extension, columns);
  const attributes = attributeLines(config, extension);
  const lines = [...keyLines(config, extension), ...attributes];
  const filled = lines.filter(({ line, column }) => column !== null && line.column !== '').length;
  const add = (names: readonly string[]): void => change(withAttributes(config, names, columns));
  const empty = columns.length === 0 ? texts.emptyWithoutColumns : texts.empty;
  return (
    <MappingList
      path="key"
      told={texts.mappedOf(filled, extension.columns.length)}
      matches={matches}
      onMatch={() => change(withMatches(config, extension, matches))}
      hints={{ match: texts.matchHint, nothing: texts.nothingToMatch }}
      actions={1}
      lines={(fresh) =>
        lines.map((mapped) => (
          <MappingRow {...scope} key={keyOf(mapped)} mapped={mapped} fresh={fresh.has(attributeOf(mapped.line))} />
        ))
      }
      empty={attributes.length === 0 ? empty : null}
      lacking={{
        text: texts.missing,
        names: missingColumns(config, extension).map((name) => ({ name, label: name })),
        onAdd: readOnly ? null : (name) => add([name]),
      }}
      isOwn={({ path }) => path === 'key'}
      readOnly={readOnly}
      context={context}
    >
      <AddAttributes {...scope} onAdd={add} />
    </MappingList>
  );
}

const keyOf = ({ list, index, column }: MappedLine): string => `${list} ${column?.key ? column.name : index}`;

function AddAttributes({ config, extension, onAdd }: MappingScope & { onAdd(names: readonly string[]): void }) {
  const open = new Map(openColumns(config, extension).map((one) => [one.name, one]));
  const typeOf = (name: string): string => texts.remoteType(open.get(name)?.remoteType ?? '', open.get(name)?.length);
  return (
    <AddSelect
      label={texts.addAttribute}
      placeholder={texts.addAttributes}
      names={[...open.keys()]}
      onAdd={onAdd}
      option={(name) => <TypedOption name={name} type={typeOf(name)} />}
      disabled={open.size === 0}
    />
  );
}
