/**
 * `npm run conformance -- files`: our connections to SFTP and S3 against OpenSSH and Ceph's gateway, as they come from Debian;
 * what one side writes, clients that others wrote (sftp, rclone) read, and the other way round.
 */
import { ensureRadosgw } from '../../scripts/radosgw.mjs';
import { ensureSshd } from '../../scripts/sshd.mjs';
import { ensureTools } from '../../scripts/tools.mjs';
import { s3FaultLines, sftpFaultLines } from './filesFaults.ts';
import { openS3, s3Lines } from './filesS3.ts';
import { openSftp, sftpLines } from './filesSftp.ts';
import { type Count, runParts } from './line.ts';

export async function runFiles(say: (text: string) => void): Promise<Count> {
  await ensureSshd();
  await ensureRadosgw();
  await ensureTools('The conformance of files', [
    { programs: ['rclone'], aptPackage: 'rclone' },
    { programs: ['sftp'], aptPackage: 'openssh-client' },
  ]);
  const sftp = await runSftp(say);
  await using s3 = await openS3();
  const total = await runParts(
    [
      ['s3', s3Lines(s3)],
      ['fault', s3FaultLines(s3)],
    ],
    say,
  );
  return { passed: sftp.passed + total.passed, failed: sftp.failed + total.failed };
}

async function runSftp(say: (text: string) => void): Promise<Count> {
  await using sftp = await openSftp();
  return await runParts(
    [
      ['sftp', sftpLines(sftp)],
      ['fault', sftpFaultLines(sftp)],
    ],
    say,
  );
}
