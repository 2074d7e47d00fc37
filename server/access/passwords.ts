import { hash, verify } from '@node-rs/argon2';

/** argon2id (the library's default kind), 19 MiB and two passes: what OWASP asks for at least. About 20 ms, off the event loop. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFC'), cost);
}

let nobody: Promise<string> | undefined;

/** False also where there is no password; that takes as long as a wrong one, so that names cannot be tried out. */
export async function isPassword(password: string, stored: string | null): Promise<boolean> {
  nobody ??= hashPassword('no user has this');
  const right = await verify(stored ?? (await nobody), password.normalize('NFC'));
  return right && stored !== null;
}
