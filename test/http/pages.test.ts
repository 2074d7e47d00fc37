import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Web } from '../harness/web.ts';
import { startWeb } from '../harness/web.ts';

const script = `export const text = '${'a'.repeat(5_000)}';`;
let editor: string;
let web: Web;
beforeAll(async () => {
  editor = await mkdtemp(join(tmpdir(), 'syncline-editor-'));
  await mkdir(join(editor, 'assets'));
  await writeFile(join(editor, 'index.html'), '<!doctype html><title>Syncline</title>');
  await writeFile(join(editor, 'assets', 'main-3f2a.js'), script);
  await writeFile(join(editor, '.stamp'), 'not for the world');
  web = await startWeb({}, editor);
});
afterAll(async () => {
  await web.close();
  await rm(editor, { recursive: true });
});

describe('the editor', () => {
  it.each(['/', '/workflows/contacts', '/options/with.dots', '/.stamp'])(
    'is served at %s, and asked for anew each time',
    async (path) => {
      const { status, text, headers } = await web.fetch(path);
      expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(text).toContain('<title>Syncline</title>');
      expect(headers.get('cache-control')).toBe('no-cache');
      const etag = headers.get('etag') ?? '';
      expect((await web.fetch(path, { headers: { 'if-none-match': etag, 'cache-control': 'max-age=0' } })).status).toBe(
        304,
      );
    },
  );

  it('has built files that browsers may keep for ever, packed', async () => {
    const { status, text, headers } = await web.fetch('/assets/main-3f2a.js');
    expect([status, text]).toEqual([200, script]);
    expect(headers.get('content-type')).toMatch(/javascript/);
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(headers.get('content-encoding')).toBe('gzip');
    const plain = await web.fetch('/assets/main-3f2a.js', { headers: { 'accept-encoding': 'identity' } });
    expect([plain.text, plain.headers.get('content-encoding')]).toEqual([script, null]);
  });

  it.each(['/assets/missing.js', '/..%2f..%2fetc%2fpasswd.txt', '/%E0%A4%A', '/favicon.ico'])(
    'is nothing else: %s is not found',
    async (path) => {
      const { status, text } = await web.fetch(path);
      expect([status, text]).toEqual([404, expect.stringContaining('NOT_FOUND')]);
    },
  );

  it('says how to build it when it is not built', async () => {
    const bare = await startWeb();
    try {
      const { status, text } = await bare.fetch('/');
      expect([status, text]).toEqual([503, expect.stringContaining('npm start')]);
    } finally {
      await bare.close();
    }
  });
});

describe('every reply', () => {
  it.each(['/', '/api/docs', '/api/session', '/healthz', '/assets/missing.js'])(
    'at %s lets a browser load nothing from elsewhere',
    async (path) => {
      const { headers } = await web.fetch(path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/https?:|\*|unsafe-eval|script-src[^;]*unsafe/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('x-request-id')).toMatch(/^[\w-]{12}$/);
    },
  );

  it('of the interface is kept by no cache', async () => {
    const { headers } = await web.call('listWorkflows');
    expect(headers.get('cache-control')).toBe('no-store');
  });
});

const beat = async (): Promise<void> => {
  const at = web.clock.now().toISOString();
  const row = { id: 'e1', pid: 1, host: 'here', started_at: at, beat_at: at };
  await web.instance.db('engines').insert(row).onConflict('id').merge();
};

describe('health', () => {
  it('tells of database and engine, and readiness needs both', async () => {
    expect((await web.fetch('/healthz')).json).toMatchObject({ ok: true, database: 'ok', engine: 'none' });
    expect((await web.fetch('/readyz')).status).toBe(503);
    await beat();
    expect((await web.fetch('/healthz')).json).toMatchObject({ engine: 'ok', heartbeatAgeMs: expect.any(Number) });
    expect((await web.fetch('/readyz')).status).toBe(200);
    web.clock.step(30_000);
    expect((await web.fetch('/healthz')).json).toMatchObject({ ok: true, engine: 'stale' });
    expect((await web.fetch('/readyz')).status).toBe(503);
  });

  it('is bad when the database does not answer', async () => {
    const broken = await startWeb();
    await broken.instance.db.destroy();
    const { status, json } = await broken.fetch('/healthz');
    expect([status, json]).toEqual([503, expect.objectContaining({ ok: false, database: 'unreachable' })]);
    broken.instance.db.initialize();
    await broken.close();
  });
});

describe('metrics', () => {
  it('count runs, tasks and requests, and tell of event loop and engine', async () => {
    await beat();
    await web.call('listWorkflows');
    await web.call('getWorkflow', { params: { workflow: 'secret-name' } });
    const { status, text } = await web.fetch('/metrics');
    expect(status).toBe(200);
    expect(text).toMatch(
      /syncline_http_duration_seconds_count\{method="GET",endpoint="listWorkflows",status="200"\} [1-9]/,
    );
    expect(text).toContain('endpoint="getWorkflow",status="404"');
    expect(text).toMatch(/^syncline_engine_heartbeat_age_seconds \d/m);
    expect(text).toMatch(/^syncline_web_nodejs_eventloop_lag_seconds /m);
    expect(text).toMatch(/# TYPE syncline_runs gauge/);
    expect(text).not.toContain('secret-name');
  });

  it('are for this machine, or for who signs in', async () => {
    const behind = await startWeb({ proxies: 1 });
    try {
      const far = { 'x-forwarded-for': '203.0.113.7' };
      expect((await behind.fetch('/metrics', { headers: far })).status).toBe(401);
      const authorization = `Bearer ${behind.tokenOf('viewer')}`;
      expect((await behind.fetch('/metrics', { headers: { ...far, authorization } })).status).toBe(200);
      expect((await behind.fetch('/metrics')).status).toBe(200);
    } finally {
      await behind.close();
    }
  });
});
