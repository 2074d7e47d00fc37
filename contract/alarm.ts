/** Alarms: states that somebody has to know of, and who hears of them. */
import { z } from 'zod';

export const recipientSchema = z.strictObject({
  /** A connection that can send mail, or post to a webhook. */
  connection: z.string().min(1).max(64),
  /** E-mail addresses; a webhook needs none. */
  to: z.array(z.string().regex(/^[^\s@<>,;]+@[^\s@<>,;]+$/, 'write an e-mail address')).max(50),
});
export type Recipient = z.infer<typeof recipientSchema>;
