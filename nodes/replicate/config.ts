/** Settings of Replicate, read alike while drawing and while running. */
import { z } from 'zod';
import { tolerant } from '../kit/config.ts';

export const modes = ['changes', 'full', 'reload', 'compare'] as const;
export type Mode = (typeof modes)[number];
export const modeLabels: Record<Mode, string> = {
  changes: 'change capture',
  full: 'full load',
  reload: 'reload',
  compare: 'reload and compare',
};

const objectSchema = z.strictObject({
  /** Remote name, for example `Account` or `Order__c`. */
  name: z.string().min(1).max(255),
  label: z.string().max(255),
  /** Left out: as the node says. */
  mode: z.enum(modes).optional(),
  changeTable: z.boolean().optional(),
});
export type ReplicatedObject = z.infer<typeof objectSchema>;

const shape = z.object({
  connection: z.string(),
  target: z.enum(['local', 'database']),
  /** The connection of the target; of use with `database` only. */
  database: z.string(),
  /** In front of the names of all tables. */
  prefix: z.string(),
  objects: z.array(objectSchema).max(1_000),
  mode: z.enum(modes),
  changeTables: z.boolean(),
  /** Whether a comparison also mends what differs. */
  mend: z.boolean(),
  /** Rows of drift that are kept for each object; all are counted. */
  sample: z.number(),
  /** Minutes before the position that are read again, for records committed late. */
  lookBack: z.number(),
  /** Seconds before the CRM's now that are left for the next run. */
  lag: z.number(),
});
export type ReplicateConfig = z.infer<typeof shape>;

export const configSchema: z.ZodType<ReplicateConfig> = shape
  .extend({
    connection: z.string().min(1, 'choose a connection'),
    prefix: z
      .string()
      .max(30)
      .regex(/^([A-Za-z][A-Za-z0-9_]*)?$/, 'begin with a letter, then use letters, digits and _'),
    objects: z.array(objectSchema).min(1, 'choose at least one object').max(1_000),
    sample: z.number().int().min(0).max(10_000),
    lookBack: z.number().min(0).max(1_440),
    lag: z.number().min(0).max(3_600),
  })
  .superRefine((config, context) => {
    if (config.target === 'database' && config.database === '')
      context.addIssue({ code: 'custom', path: ['database'], message: 'choose a connection' });
    const seen = new Set<string>();
    for (const [index, { name }] of config.objects.entries()) {
      const folded = name.toLowerCase();
      if (seen.has(folded))
        context.addIssue({ code: 'custom', path: ['objects', index, 'name'], message: `${name} is chosen twice` });
      seen.add(folded);
    }
  });

export const defaults: ReplicateConfig = {
  connection: '',
  target: 'local',
  database: '',
  prefix: '',
  objects: [],
  mode: 'changes',
  changeTables: false,
  mend: true,
  sample: 100,
  lookBack: 10,
  lag: 60,
};

export const readConfig = tolerant(shape, defaults);

export const modeOf = (config: ReplicateConfig, object: ReplicatedObject): Mode => object.mode ?? config.mode;
export const hasChangeTable = (config: ReplicateConfig, object: ReplicatedObject): boolean =>
  object.changeTable ?? config.changeTables;
