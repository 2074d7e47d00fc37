/** Reading a config that may be half typed. */
import type { z } from 'zod';

/**
 * A reader that takes a config setting by setting: what does not have the right shape falls back to its default. `ports`,
 * `columns` and `summary` read with it, since while drawing any config may come along and none may break the canvas.
 * Give it the bare shape, without the rules that a half-typed setting breaks (empty names and the like): those stand in
 * the definition's `config` and become problems, not missing ports.
 */
export function tolerant<Shape extends z.ZodRawShape>(
  shape: z.ZodObject<Shape>,
  defaults: z.output<z.ZodObject<Shape>>,
): (config: unknown) => z.output<z.ZodObject<Shape>> {
  return (config) => {
    const given = config !== null && typeof config === 'object' ? (config as Record<string, unknown>) : {};
    const entries = Object.entries(shape.shape).map(([name, setting]) => {
      const parsed = (setting as z.ZodType).safeParse(Object.hasOwn(given, name) ? given[name] : undefined);
      return [name, parsed.success ? parsed.data : (defaults as Record<string, unknown>)[name]] as const;
    });
    return Object.fromEntries(entries) as z.output<z.ZodObject<Shape>>;
  };
}
