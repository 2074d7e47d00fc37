/** Sending beside the engine's rounds: a mail server that is slow to answer must not keep tasks waiting. */
import type { Log } from '../log.ts';
import type { Sender } from './send.ts';
import { sendDue } from './send.ts';

export interface Sending {
  /** Sends what is due, unless that is under way already. */
  begin(): void;
  /** Resolves when nothing is under way any more. */
  end(): Promise<void>;
}

export function createSending(sender: Sender, log: Log): Sending {
  let working: Promise<unknown> | null = null;
  return {
    begin() {
      working ??= sendDue(sender)
        .catch((error: unknown) => log.error({ err: error }, 'messages of alarms could not be sent'))
        .finally(() => {
          working = null;
        });
    },
    end: async () => void (await working),
  };
}
