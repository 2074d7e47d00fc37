/** How many rows an import had, and what became of them. */
export interface Totals {
  rows: number;
  successful: number;
  duplicated: number;
  errors: number;
}
