/** A real browser: Chromium without a window, and what its pages complain about. */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, ConsoleMessage, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { expect, onTestFailed } from 'vitest';
import { patience } from './patience.ts';

/** It must not look for Google's hosts: a closed network would refuse them one by one. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** `await eventually(() => list.count()).toBe(3)`: looks again and again until it holds. */
export const eventually = <T>(read: () => T) => expect.poll(read, { timeout: patience });

const screenshots = fileURLToPath(new URL('../e2e/screenshots/', import.meta.url));

export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args: quiet });
}

export interface Window {
  page: Page;
  /** What the console was told as a warning or an error, failed requests and uncaught errors included. */
  complaints: string[];
}

interface Look {
  width?: number;
  height?: number;
  dark?: boolean;
}

/** A new window that shares neither cookies nor storage with another. */
export async function openWindow(browser: Browser, baseURL: string, look: Look = {}): Promise<Window> {
  const context = await browser.newContext({
    baseURL,
    viewport: { width: look.width ?? 1_680, height: look.height ?? 1_000 },
    colorScheme: look.dark ? 'dark' : 'light',
    locale: 'en-GB',
    timezoneId: 'Europe/Paris',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (isComplaint(message)) complaints.push(`${message.type()}: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.stack ?? error.message}`));
  return { page, complaints };
}

const isComplaint = (message: ConsoleMessage): boolean => ['error', 'warning'].includes(message.type());

/** Call it in a test: when that fails, a picture of the page as it was is left beside the other screenshots. */
export function keepPictureOfFailure({ page, complaints }: Window): void {
  onTestFailed(async ({ task }) => {
    const name = `failed-${task.name.replace(/\W+/g, '-').slice(0, 60)}.png`;
    await takePicture(page, name);
    process.stderr.write(`See test/e2e/screenshots/${name}\n${complaints.join('\n')}\n`);
  });
}

export async function takePicture(page: Page, name: string): Promise<void> {
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: screenshots + name, animations: 'disabled' });
}
