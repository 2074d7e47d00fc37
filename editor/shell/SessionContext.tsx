import { createContext, useContext } from 'react';
import { mayAct, type Reply, type Role } from '../../contract/api.ts';

export type Session = Reply<'getSession'>;

export const SessionContext = createContext<Session | null>(null);

/** Who is signed in. Only below `RequireSession`, which sends others to the sign-in page. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession needs RequireSession above it');
  return session;
}

/** Whether the signed-in person may do what needs a role. */
export function useMay(needed: Role): boolean {
  return mayAct(useSession().user.role, needed);
}
