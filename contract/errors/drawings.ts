/** Of workflow files and drawings. */
import type { ErrorEntry } from './entry.ts';

export const drawingsErrors = {
  WORKFLOW_INVALID: { message: 'The workflow cannot be run: {reason}.', action: 'Mend the listed problems.' },
  FILE_UNREADABLE: {
    message: 'The file {file} cannot be read: {reason}.',
    action: 'Check the path and the JSON text.',
  },
  FORMAT_UNKNOWN: {
    message: 'The file has format version {version}; this program knows {known}.',
    action: 'Update Syncline or export the file again.',
  },
  NODE_TYPE_UNKNOWN: {
    message: 'There is no node type "{type}".',
    action: 'Remove the node or install its type.',
    configuration: true,
  },
  NODE_NAME_TAKEN: { message: 'Two nodes are named "{name}".', action: 'Rename one of them.' },
  NODE_ID_TAKEN: { message: 'Two nodes have the id "{id}".', action: 'Give each node an id of its own.' },
  CONFIG_INVALID: { message: '{field}: {reason}.', action: 'Correct the setting.', configuration: true },
  PORT_UNKNOWN: { message: 'The node "{node}" has no output "{port}".', action: 'Draw the transition again.' },
  TRANSITION_DANGLING: {
    message: 'A transition leads to a node that does not exist.',
    action: 'Remove the transition.',
  },
  INPUT_REFUSED: { message: 'The node "{node}" takes no inbound transition.', action: 'Remove the transition.' },
  INPUT_MISSING: { message: 'The node "{node}" needs {needed}.', action: 'Draw a transition to it.' },
  INPUT_NO_ROWS: {
    message: 'The node "{node}" needs rows, but its inbound transition carries none.',
    action: 'Connect it to an output that carries rows.',
  },
  COLUMN_UNKNOWN: {
    message: 'There is no column "{column}" in the input.',
    action: 'Choose one of the columns that arrive.',
    configuration: true,
  },
  JOINS_WAIT: {
    message: 'The nodes {nodes} wait for each other.',
    action: 'Remove one of the transitions between them.',
  },
  NOTHING_STARTS: {
    message: 'No node can start this workflow.',
    action: 'Add a Start or Scheduler node, or a node without inbound transition.',
  },
  UNREACHABLE: {
    message: 'No transition leads to the node "{node}" from a start.',
    action: 'Connect it or remove it.',
  },
  PRIMARY_MISSING: {
    message: 'The node "{node}" passes on the rows that come from "{from}", but nothing came from there.',
    action: 'Look at why that branch ended, or choose another input.',
  },
  VARIABLE_CONFLICT: {
    message: 'The inputs of the node "{node}" disagree about variables: {variables}.',
    action: 'Let only one branch set them, or choose which input counts.',
  },
  WINDOW_OVER: {
    message: 'The times at which the node "{node}" lets anything pass are over.',
    action: 'Change its validity, or let it leave by Outside.',
  },
  JUMP_NOWHERE: {
    message: 'No end point of a jump is named "{name}".',
    action: 'Add the end point, or correct the name; until then the branch ends here.',
  },
  JUMP_AMBIGUOUS: {
    message: 'Two end points of a jump are named "{name}".',
    action: 'Rename one of them.',
  },
  OPTION_SHARED: {
    message: 'The nodes {nodes} keep their import date in the same option.',
    action: 'Give each an option of its own: one that moves the date moves it past what the others have not read.',
  },
  LOOP_BOUND: {
    message: 'The node "{node}" was reached {count} times in one run; the bound is {bound}.',
    action: 'Raise the bound of the loop or find out why it does not end.',
  },
} as const satisfies Record<string, ErrorEntry>;
