/** What all pages with lists say. */
export const listTexts = {
  'list.clearSearch': 'Empty the search',
  'list.closeDetail': 'Close details',
  'list.stale': 'This could not be read again: {reason}',
  'list.noMatch': 'Nothing matches.',
  'list.noMatchAction': 'Write less in the search, or empty it.',
  'list.showAll': 'Show all',
  'list.copyNamed': 'Copy: {name}',
  'list.actionsOf': 'Actions for {name}',
  'list.none': '–',
  'list.never': 'never',
  'naming.invalid': 'Start with a letter; then letters, digits and _, at most 64 in all.',
} as const;
