import { brazil, canada, unitedStates } from './americas.ts';
import { australia, china, emirates, india, japan } from './asia.ts';
import { france, germany, poland, spain, turkey, unitedKingdom } from './europe.ts';
import type { Locale } from './locale.ts';

/** Countries as often as they stand here. */
export const LOCALES: readonly Locale[] = [
  germany,
  germany,
  germany,
  france,
  france,
  france,
  unitedKingdom,
  unitedKingdom,
  unitedStates,
  unitedStates,
  unitedStates,
  spain,
  poland,
  turkey,
  canada,
  brazil,
  japan,
  china,
  emirates,
  india,
  australia,
];
