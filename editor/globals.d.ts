declare module '*.css';
declare module '*.module.css' {
  const classes: Readonly<Record<string, string>>;
  export default classes;
}

interface ImportMeta {
  /** Vite's: modules by path, found when the editor is built. */
  glob<T>(pattern: string | readonly string[], options: { eager: true; import?: string }): Record<string, T>;
  glob<T>(pattern: string | readonly string[], options?: { import?: string }): Record<string, () => Promise<T>>;
  /** Ours (vite.config.ts): the Tabler icons that definitions of nodes and connectors name. */
  readonly namedIcons: Readonly<Record<string, typeof import('@tabler/icons-react').IconBox>>;
}
