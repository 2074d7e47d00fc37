import { UserError } from '../../contract/errors.ts';
import type { Stores } from '../tables/types.ts';

const megabyte = 1_000_000;

/** Refuses to begin a run that may fill the disk. Throws UserError DISK_LOW. */
export async function requireDisk(stores: Pick<Stores, 'freeBytes'>, floorBytes: number): Promise<void> {
  const free = await stores.freeBytes();
  if (free >= floorBytes) return;
  throw new UserError('DISK_LOW', { free: Math.floor(free / megabyte), floor: Math.ceil(floorBytes / megabyte) });
}
