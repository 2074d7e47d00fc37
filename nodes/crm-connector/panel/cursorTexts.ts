/** Texts about the import date, in one place. */
const count = (number: number): string => number.toLocaleString('en');

export const cursorTexts = {
  title: 'Import date',
  means: (local: string, zone: string) => `UTC, which is ${local} in ${zone}`,
  setBy: (who: string, ago: string) => `set by ${who} ${ago}`,
  none: 'There is no date yet: the next import reads everything.',
  noneDeleted: 'There is no date yet: the next import reads every deletion that the CRM still knows.',
  set: 'Set a date …',
  move: 'Move …',
  history: 'History',
  all: 'All changes',
  run: 'run',
  created: 'none',
  deleted: 'none',
  back: (duration: string) => `${duration} back`,
  openRun: (at: string) => `Open the run that set the date at ${at}`,
  unknownName: 'The date is shown here once the name holds nothing but the names of workflow and node.',
  // Another name
  renamed: (name: string) =>
    `The node was called differently: ${name} holds the date it has reached. Without it a new date begins, and everything is read once more.`,
  copied: (name: string) =>
    `${name} belongs to another workflow. A new date begins here unless you start from a copy of that one.`,
  take: 'Move it here',
  copy: 'Start from its date',
  // Moving
  moveTitle: 'Move the import date',
  setTitle: 'Set the import date',
  date: 'Date (UTC)',
  format: 'yyyy/MM/dd HH:mm:ss',
  malformed: (example: string) => `Write it as yyyy/MM/dd HH:mm:ss, for example ${example}.`,
  ahead: 'A date in the future would leave out everything that changes until then.',
  steps: 'Back by',
  hour: '1 hour',
  day: '1 day',
  week: '1 week',
  everything: 'Everything',
  everythingNext: 'The date is deleted: the next import reads everything once more.',
  next: (from: string, lookBack: number) =>
    lookBack > 0
      ? `The next import reads what changed since ${from} UTC, and looks ${lookBack} minutes further back for records that were committed late.`
      : `The next import reads what changed since ${from} UTC.`,
  nextCompared:
    'Records are compared with those of the import that set the date. One that a person sets has none: the next import delivers everything.',
  nextTracked: (from: string, lookBack: number) =>
    `Change tracking knows no date but the one it has reached: the next import reads all records once and passes on what changed since ${from} UTC${lookBack > 0 ? `, and ${lookBack} minutes further back` : ''}.`,
  nextMarked:
    'Deletions are known from the mark that the last import has kept, not from a date: to begin anew, remove the date.',
  noneMarked: 'There is no date yet: the next import begins to follow deletions, and brings none.',
  nextDeleted: (from: string) => `The next import reads what was deleted since ${from} UTC.`,
  again: (duration: string) =>
    `That is ${duration} before the present date: what was imported since then is imported again.`,
  skipped: (duration: string) =>
    `That is ${duration} after the present date: what changed in between and was not imported is left out.`,
  counting: 'Counting what it would read …',
  uncounted: (reason: string) => `How many that are cannot be said now: ${reason}`,
  records: (number: number) => `At this moment that would be ${count(number)} records.`,
  confirm: 'Move the date',
  confirmBack: 'Rewind',
  confirmSet: 'Set the date',
  confirmEverything: 'Read everything again',
  cancel: 'Cancel',
} as const;
