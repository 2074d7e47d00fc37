/** Connections as clients get them: settings with secrets in clear, and what the instance does for a client. */
import { z } from 'zod';
import { callBudgetDefaults, callBudgetSettings } from '../../contract/callBudget.ts';
import type { ConnectorHost } from '../../contract/connector.ts';
import type { Clock } from '../db/clock.ts';
import type { NewId } from '../db/ids.ts';
import type { Db } from '../db/transaction.ts';
import { aloneFor } from './alone.ts';
import type { CallBudgets } from './callBudgets.ts';
import { createCallBudgets } from './callBudgets.ts';
import type { Budget } from './callCounts.ts';
import type { SecretKey } from './key.ts';
import { readConnectionSettings, replaceSettings } from './settings.ts';

type Settings = Record<string, unknown>;

/** For one client; to be closed after it. */
export interface ClientServices {
  host: Required<Pick<ConnectorHost, 'store' | 'alone' | 'calls'>>;
  close(): Promise<void>;
}

export interface LoadedConnection {
  kind: string;
  settings: unknown;
  /** Left out for connections that are given by a caller and stored nowhere. */
  services?: (signal?: AbortSignal) => ClientServices;
}

export interface LoaderHost {
  db: Db;
  key: SecretKey;
  clock: Clock;
  newId: NewId;
}

/** One for a process: its clients share what it holds of a connection's budget. Its function throws UserError CONNECTION_MISSING. */
export function createLoader(host: LoaderHost): (name: string) => Promise<LoadedConnection> {
  const budgets = createCallBudgets(host);
  return async (name) => {
    const { kind, settings } = await readConnectionSettings(host.db, host.key, name);
    return { kind, settings, services: (signal) => serve(host, budgets, { name, settings }, signal) };
  };
}

function serve(
  host: LoaderHost,
  budgets: CallBudgets,
  { name, settings }: { name: string; settings: Settings },
  signal: AbortSignal | undefined,
): ClientServices {
  /** As the client knows them: what it replaces must still be that. */
  let seen = settings;
  const calls = budgets.open(name, budgetOf(settings));
  return {
    host: {
      calls,
      async store(changed) {
        await replaceSettings(host.db, host.key, name, seen, changed as Settings);
        seen = { ...seen, ...(changed as Settings) };
      },
      alone: (work) =>
        aloneFor(host, name, signal, async () => {
          seen = (await readConnectionSettings(host.db, host.key, name)).settings;
          return work(seen);
        }),
    },
    close: () => calls.close(),
  };
}

const budgetSchema = z.object(callBudgetSettings);

/** Connections that were saved before there were budgets have none. */
export function budgetOf(settings: Settings): Budget {
  const { callBudget, whenSpent } = budgetSchema.parse({ ...callBudgetDefaults, ...settings });
  return { limit: callBudget, whenSpent };
}
