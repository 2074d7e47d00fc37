import type { Value } from '../tables/column.ts';

/** SQL's LIKE as the three functions use it: `%`, `_`, `[set]` and `[^set]` in the text are wildcards; case does not count. */
export function like(name: 'contains' | 'startswith' | 'endswith', text: string): (value: Value) => boolean {
  const [before, after] = [name === 'startswith' ? '' : '%', name === 'endswith' ? '' : '%'];
  const pattern = new RegExp(`^${toPattern(before + text + after)}$`, 'is');
  return (value) => typeof value === 'string' && pattern.test(value);
}

function toPattern(text: string): string {
  return text.replace(/\[(\^?)([^\]]+)\]|[\s\S]/g, (sign, not?: string, set?: string) => {
    if (set !== undefined) return `[${not}${set.replace(/[\\\]^[]/g, '\\$&')}]`;
    if (sign === '%') return '[\\s\\S]*';
    return sign === '_' ? '[\\s\\S]' : sign.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
}
