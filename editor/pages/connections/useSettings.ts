import { useState } from 'react';
import type { Connection, Connector } from './connection.ts';
import { findProblems, initialSettings, settingsToSend } from './settings.ts';

/** The settings of a connection while they are edited; `null` connection: of a new one. */
export function useSettings(connector: Connector, connection: Connection | null) {
  const [edited, setEdited] = useState<Record<string, unknown> | null>(null);
  const [tried, setTried] = useState(false);
  const settings = edited ?? initialSettings(connector, connection?.settings);
  const secretsSet = connection?.secretsSet ?? [];
  const problems = findProblems(connector, settings, secretsSet);
  return {
    settings,
    secretsSet,
    changed: edited !== null,
    change: setEdited,
    reset: () => {
      setEdited(null);
      setTried(false);
    },
    valid: Object.keys(problems).length === 0,
    /** Shown from the first attempt to save on: nobody likes red before having written. */
    problems: tried ? problems : {},
    showProblems: () => setTried(true),
    body: settingsToSend(connector, settings),
  };
}
