import { IconBox } from '@tabler/icons-react';

/** What definitions name as their icon; filled in by the build (vite.config.ts). */
const icons = import.meta.namedIcons;

export type Icon = typeof IconBox;

/** The icon of a definition; a box for a name that Tabler does not know. */
export const iconNamed = (name: string): Icon => icons[name] ?? IconBox;
