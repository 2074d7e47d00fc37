/** The marks of `once` as a whole: an instance that is moved takes them along, else a retried task would write again. */
import type { Connection } from '../connection.ts';
import type { Mark } from '../types.ts';

export function listMarks(db: Connection): Promise<Mark[]> {
  return db.all<Mark>('SELECT key, step, result FROM _applied ORDER BY key, step');
}

/** Those of an earlier attempt to move are replaced. */
export async function putMarks(db: Connection, marks: readonly Mark[]): Promise<void> {
  for (const { key, step, result } of marks)
    await db.run(
      `INSERT INTO _applied (key, step, result) VALUES (?1, ?2, ?3)
       ON CONFLICT (key, step) DO UPDATE SET result = excluded.result`,
      [key, step, result],
    );
}
