/** Whether an import of what changed goes by change tracking or by a date: the panel and the run say the same. */
import type { RemoteObjectDetails } from '../../contract/connector.ts';
import type { CrmConfig } from './config.ts';
import { isByDate, isEmptyFilter } from './config.ts';

export type Tracking =
  | { tracks: true }
  /** null: the CRM knows no change tracking, so there is nothing to say. */
  | { tracks: false; reason: string | null };

/** What change tracking cannot do comes before what the table does not. */
export function trackingOf(config: CrmConfig, { tracksChanges }: Pick<RemoteObjectDetails, 'tracksChanges'>): Tracking {
  if (!isByDate(config) || tracksChanges === undefined) return { tracks: false, reason: null };
  const reason = untrackable(config) ?? (tracksChanges ? null : 'change tracking is switched off for this table');
  return reason === null ? { tracks: true } : { tracks: false, reason };
}

/** What of the settings keeps an import from going by change tracking; null: nothing. */
export function untrackable(config: CrmConfig): string | null {
  const related = config.fields.find(({ name }) => name.includes('.'));
  if (config.index.indexField !== '') return 'an index field is named';
  if (!isEmptyFilter(config.filter)) return 'a filter is set';
  if (config.orderBy.length > 0) return 'an order is set';
  if (related) return `${related.name} is a field of another table`;
  return config.everything ? 'deleted records are asked for' : null;
}

/** For people; null where there is nothing to say. */
export function trackingText(
  config: CrmConfig,
  details: Pick<RemoteObjectDetails, 'tracksChanges' | 'indexFields'>,
): string | null {
  const tracking = trackingOf(config, details);
  if (tracking.tracks)
    return 'By change tracking, since neither a filter nor an order is set and the table tracks its changes.';
  if (tracking.reason === null) return null;
  const field = config.index.indexField || details.indexFields[0];
  return `By ${field ?? 'a date'} and not by change tracking, since ${tracking.reason}.`;
}
