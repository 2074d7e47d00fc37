import type { PortKind } from '../../contract/node.ts';

export const kindColour: Record<PortKind, string> = {
  success: 'var(--ok)',
  branch: 'var(--ok)',
  reject: 'var(--rej)',
  error: 'var(--err)',
  doubt: 'var(--rej)',
};
