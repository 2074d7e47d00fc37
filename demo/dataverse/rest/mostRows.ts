/** Most rows of a page, and most that `$count` counts. */
export const MOST_ROWS = 5000;
