import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

let compiled: Promise<WebAssembly.Module> | undefined;

/** The QuickJS module, compiled once and shared by all threads: they need no file to start. */
export function loadWasm(): Promise<WebAssembly.Module> {
  compiled ??= compileWasm();
  return compiled;
}

async function compileWasm(): Promise<WebAssembly.Module> {
  const require = createRequire(createRequire(import.meta.url).resolve('quickjs-emscripten'));
  return WebAssembly.compile(await readFile(require.resolve('@jitl/quickjs-wasmfile-release-sync/wasm')));
}
