import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { RequestHandler, Response } from 'express';
import { acceptsGzip } from './reply.ts';

interface BuiltFile {
  path: string;
  /** Built files have a hash of their content in their name: they never change. */
  immutable: boolean;
  read(): { body: Buffer; packed: Buffer | null; etag: string };
}

const packable = new Set(['.js', '.css', '.html', '.svg', '.json', '.map']);
const fileEndings = /\.(js|css|map|ico|png|svg|json|txt|woff2?|xml|webmanifest)$/;
const notBuilt = 'The editor is not built yet. Run "npm start" once, or "npm run dev:editor" while you work on it.\n';

/**
 * Serves the built editor: every file that was there at the start and nothing else, and its page for every other address,
 * since the addresses of pages exist in the browser only.
 */
export function serveEditor(folder: string): RequestHandler {
  const files = new Map(listFiles(folder).map((file) => [file.path, file]));
  const page = files.get('/index.html');
  return (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return next();
    const path = decodePath(request.path);
    const file = path === null ? undefined : files.get(path);
    // A missing file is an error. Names of options and such may hold dots, so only known endings are files.
    if (!file && (path === null || fileEndings.test(path))) return next();
    const found = file ?? page;
    if (found) return send(found, response, acceptsGzip(request));
    response.status(503).type('text').send(notBuilt);
  };
}

function decodePath(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

function listFiles(folder: string): BuiltFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => toFile(folder, join(entry.parentPath, entry.name)));
}

/** Read and packed when first asked for, then kept: a build is a few megabytes. */
function toFile(folder: string, file: string): BuiltFile {
  const path = `/${relative(folder, file).split(sep).join('/')}`;
  let content: ReturnType<BuiltFile['read']> | undefined;
  return {
    path,
    immutable: path.startsWith('/assets/'),
    read() {
      content ??= readContent(file);
      return content;
    },
  };
}

function readContent(file: string): ReturnType<BuiltFile['read']> {
  const body = readFileSync(file);
  const packed = packable.has(extname(file)) && body.length > 1_024 ? gzipSync(body) : null;
  return { body, packed, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
}

function send(file: BuiltFile, response: Response, gzip: boolean): void {
  const { body, packed, etag } = file.read();
  response.set('cache-control', file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
  response.type(extname(file.path)).set('etag', etag).vary('Accept-Encoding');
  if (packed && gzip) response.set('content-encoding', 'gzip');
  response.send(packed && gzip ? packed : body);
}
