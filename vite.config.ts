import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const root = import.meta.dirname;
const marker = 'import.meta.namedIcons';

/**
 * Turns `import.meta.namedIcons` into an object of the Tabler icons that definitions name (`icon: 'IconCloud'`).
 * So a new node or connector edits no other file, and the bundle holds only icons that are used.
 */
function namedIcons(): Plugin {
  return {
    name: 'syncline-named-icons',
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith('/editor/catalog/icons.ts') || !code.includes(marker)) return undefined;
      const files = globSync('{nodes,connectors}/*/definition.ts', { cwd: root }).map((file) => join(root, file));
      const texts = files.map((file) => readFileSync(file, 'utf8'));
      for (const file of files) this.addWatchFile(file);
      const found = texts.flatMap((text) => [...text.matchAll(/icon: '(Icon\w+)'/g)].map((match) => match[1] ?? ''));
      const names = [...new Set(found)].filter(isIcon).sort();
      const list = names.map((name) => `${name} as _${name}`).join(', ');
      const entries = names.map((name) => `${name}: _${name}`).join(', ');
      return `import { ${list} } from '@tabler/icons-react';\n${code.replace(marker, `({ ${entries} })`)}`;
    },
  };
}

function isIcon(name: string): boolean {
  return existsSync(join(root, 'node_modules/@tabler/icons-react/dist/esm/icons', `${name}.mjs`));
}

export default defineConfig({
  root: join(root, 'editor'),
  plugins: [namedIcons(), react()],
  build: {
    outDir: join(root, 'dist/editor'),
    emptyOutDir: true,
    // The content security policy allows files of our own origin only, no data: addresses.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1_500,
  },
  server: {
    fs: { allow: [root] },
    // Not the sources under editor/api; and the host stays, since the server compares it with the page's origin.
    proxy: {
      '^/(api/(?!.*\\.tsx?($|\\?))|healthz|metrics)': {
        target: process.env.SYNCLINE_URL ?? 'http://127.0.0.1:3480',
        changeOrigin: false,
      },
    },
  },
});
