import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8');
const [light = '', dark = ''] = css.split(/^\}/m);

function readColours(block: string): Record<string, string> {
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+): (#[\da-f]{3,6});/g)].map(([, name, colour]) => [name, colour]),
  );
}

/** Relative luminance as WCAG 2 defines it. */
function luminance(colour: string): number {
  const digits = colour.slice(1);
  const parts = digits.length === 3 ? [...digits].map((one) => one + one) : (digits.match(/../g) ?? []);
  const [red = 0, green = 0, blue = 0] = parts.map((part) => {
    const value = Number.parseInt(part, 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [darker = 0, lighter = 0] = [luminance(a), luminance(b)].sort((one, other) => one - other);
  return (lighter + 0.05) / (darker + 0.05);
}

describe.each([
  ['light', readColours(light)],
  ['dark', readColours(dark)],
])('the %s scheme', (_scheme, colours) => {
  const between = (name: string, ground: string) => contrast(colours[name] ?? '#000', colours[ground] ?? '#000');
  const words = ['text', 'mute', 'faint', 'accent', 'ok', 'rej', 'err', 'run', 'wait'];
  const grounds = ['bg', 'panel', 'canvas'];

  it.each(words.flatMap((name) => grounds.map((ground) => [name, ground])))(
    'shows %s on %s at 4.5 to 1',
    (name, ground) => {
      expect(between(name, ground)).toBeGreaterThanOrEqual(4.5);
    },
  );

  it.each(['ok', 'rej', 'err', 'run', 'wait'])('shows %s on its own soft colour at 4.5 to 1', (name) => {
    expect(between(name, `${name}-soft`)).toBeGreaterThanOrEqual(4.5);
  });

  it.each([
    ['edge', 'canvas'],
    ['edge', 'panel'],
    ['src', 'panel'],
    ['data', 'panel'],
    ['code', 'panel'],
    ['flow', 'panel'],
    ['out', 'panel'],
  ])('shows borders, arrows and icons, %s on %s, at 3 to 1', (name, ground) => {
    expect(between(name, ground)).toBeGreaterThanOrEqual(3);
  });
});
