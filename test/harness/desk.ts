/** What tests in a browser share: the product in a folder of its own, and ana, who draws. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Window } from './browser.ts';
import { keepPictureOfFailure, openWindow, startBrowser } from './browser.ts';
import { Editor } from './editor.ts';
import type { Organisation } from './organisation.ts';
import type { Product } from './product.ts';
import { startProduct } from './product.ts';

const ana = { name: 'ana', password: 'a long enough one' };

/** An outside system that a test starts and ends. */
type Outside = { stop(): Promise<unknown> } | { close(): Promise<unknown> };

export interface Desk {
  folder: string;
  /** The admin speaks to it; ana sits in the browser. */
  product: Product;
  page: Page;
  /** Of the browser; empty when a test begins. */
  complaints: string[];
  editor: Editor;
  connect(name: string, kind: string, label: string, settings: Record<string, string>): Promise<unknown>;
  /** The connection `crm`, "Sales", to an organisation. */
  connectSales(org: Pick<Organisation, 'url' | 'clientId' | 'clientSecret'>): Promise<unknown>;
}

interface Setup<O> {
  /** Of the window. */
  look?: Parameters<typeof openWindow>[2];
  /** Started beside the product, each under its name. */
  outside?: { [K in keyof O]: () => Promise<O[K]> };
  /** Lays ready what the product finds in its folder. */
  prepare?(folder: string): Promise<unknown>;
  /** Before ana signs in: connections, workflows, … */
  begin?(desk: Omit<Desk, 'page' | 'editor' | 'complaints'> & O): Promise<unknown>;
}

/** Everything is there when the first test begins, and gone after the last one of the file. */
export function openDesk<O extends Record<string, Outside> = Record<never, Outside>>(setup: Setup<O> = {}): Desk & O {
  const desk = {} as Desk & O;
  const ends: (() => Promise<unknown>)[] = [];
  let window: Window;
  /** What has begun is ended, whatever becomes of the others. */
  async function begun<T>(start: Promise<T>, end: (one: T) => Promise<unknown>): Promise<T> {
    const one = await start;
    ends.push(() => end(one));
    return one;
  }
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'syncline-e2e-'));
    ends.push(() => rm(folder, { recursive: true, force: true }));
    await setup.prepare?.(folder);
    const [product, browser, ...outside] = await Promise.all([
      begun(startProduct({ folder }), (one) => one.stop()),
      begun(startBrowser(), (one) => one.close()),
      ...Object.entries(setup.outside ?? {}).map(
        async ([name, start]) => [name, await begun<Outside>(start(), endOf)] as const,
      ),
    ]);
    await product.call('createUser', { body: { ...ana, role: 'editor' } });
    Object.assign(desk, { folder, product, ...connecting(product) }, Object.fromEntries(outside));
    await setup.begin?.(desk);
    window = await openWindow(browser, product.url, setup.look);
    const editor = new Editor(window);
    Object.assign(desk, { page: window.page, complaints: window.complaints, editor });
    await editor.signIn(ana.name, ana.password);
  });
  beforeEach(() => {
    window.complaints.length = 0;
    keepPictureOfFailure(window);
  });
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });
  return desk;
}

const endOf = (one: Outside): Promise<unknown> => ('stop' in one ? one.stop() : one.close());

function connecting({ call }: Product): Pick<Desk, 'connect' | 'connectSales'> {
  const connect: Desk['connect'] = (name, kind, label, settings) =>
    call('createConnection', { body: { name, kind, label, settings } });
  return {
    connect,
    connectSales: ({ url, clientId, clientSecret }) =>
      connect('crm', 'salesforce', 'Sales', { instanceUrl: url, clientId, clientSecret }),
  };
}
