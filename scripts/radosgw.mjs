import { findProgram } from './command.mjs';
import { ensureTools } from './tools.mjs';

/** What one node of Ceph with its S3 gateway consists of. */
const programs = ['radosgw', 'radosgw-admin', 'ceph-mon', 'ceph-osd', 'monmaptool'];

/** @returns {boolean} whether a real S3 server can be started here */
export function findRadosgw() {
  return programs.every((program) => findProgram(program) !== undefined);
}

/** The same, installed where that can be done unasked. */
export async function ensureRadosgw() {
  await ensureTools('Running the S3 tests', [
    { programs: ['radosgw'], aptPackage: 'radosgw' },
    { programs: ['ceph-mon'], aptPackage: 'ceph-mon' },
    { programs: ['ceph-osd'], aptPackage: 'ceph-osd' },
  ]);
}
