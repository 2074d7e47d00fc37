/** What the parts of this panel are given. */
import type { FormField } from '../../../contract/form.ts';
import type { PanelProps } from '../../kit/panel/context.ts';
import type { CrmConfig } from '../config.ts';
import { form } from '../form.ts';
import type { Can } from './abilities.ts';

/** `form`: the same for `Form`, which knows no type of config. */
export type PartProps = PanelProps<CrmConfig> & { form: PanelProps; can: Can };

export const formFields = (...names: string[]): FormField[] => form.filter((field) => names.includes(field.name));
