/** Output ports that many node types share. */
import type { Port } from '../../contract/node.ts';

/** What went well leaves here, rows with it. */
export const successPort: Port = { name: 'success', label: 'Success', kind: 'success', rows: true };

/** The flow goes on, without rows. */
export const bareSuccessPort: Port = { ...successPort, rows: false };

/** Records that could not be processed; their columns are `withRejectColumns` of kit/rejects.ts. */
export const rejectPort: Port = { name: 'reject', label: 'Reject', kind: 'reject', rows: true };

/** What did not belong to any of the other outputs. */
export const complementPort: Port = { name: 'complement', label: 'Complement', kind: 'branch', rows: true };
