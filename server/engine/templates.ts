/** The templates of a node's form, rendered in one place before the node runs: a node cannot forget one. */
import type { FormField } from '../../contract/form.ts';
import { isShown, readPath, writePath } from '../../contract/form.ts';

type Config = Record<string, unknown>;

/**
 * A copy of the config with the text of each template that counts (a hidden one does not). What comes out of a template is
 * never a template again: rows and outside systems put it there.
 */
export async function renderTemplates(
  fields: readonly FormField[],
  config: Config,
  render: (template: string) => Promise<string>,
): Promise<Config> {
  let rendered = config;
  for (const field of fields.filter((one) => isShown(one, config))) {
    const value = readPath(config, field.name);
    if (field.kind === 'template' && typeof value === 'string')
      rendered = writePath(rendered, field.name, await render(value));
    if (field.kind === 'list' && Array.isArray(value))
      rendered = writePath(rendered, field.name, await renderItems(field.item, value, render));
  }
  return rendered;
}

async function renderItems(
  fields: readonly FormField[],
  items: readonly unknown[],
  render: (template: string) => Promise<string>,
): Promise<unknown[]> {
  const rendered: unknown[] = [];
  for (const item of items)
    rendered.push(
      typeof item === 'object' && item !== null ? await renderTemplates(fields, item as Config, render) : item,
    );
  return rendered;
}
