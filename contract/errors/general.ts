/** Of any request, and of who may make it. */
import type { ErrorEntry } from './entry.ts';

export const generalErrors = {
  // General
  BUG: {
    message: 'Something went wrong inside Syncline: {reason}.',
    action: 'Look at the log with the id {id}; if it happens again, report it.',
    status: 500,
  },
  INVALID_INPUT: {
    message: 'The request is not valid: {reason}.',
    action: 'Correct the named field and send it again.',
  },
  NOT_FOUND: { message: '{what} does not exist.', action: 'Check the name or go back to the list.', status: 404 },
  CONFLICT: {
    message: '{what} was changed by someone else meanwhile.',
    action: 'Load the newer version and apply your change again.',
    status: 409,
  },
  NAME_TAKEN: { message: 'The name "{name}" is already in use.', action: 'Choose another name.', status: 409 },
  STOPPED: { message: 'The work was stopped.', action: 'Start it again when you are ready.', status: 409 },
  // Access
  NOT_SIGNED_IN: { message: 'You are not signed in.', action: 'Sign in, or send an API token.', status: 401 },
  WRONG_PASSWORD: { message: 'User name or password is wrong.', action: 'Check both and try again.', status: 401 },
  TOO_MANY_ATTEMPTS: {
    message: 'Too many failed sign-ins.',
    action: 'Wait {seconds} seconds and try again.',
    status: 429,
  },
  LINK_USED: {
    message: 'This sign-in link was already used or has expired.',
    action: 'Restart Syncline to get a new link, or sign in with your password.',
    status: 401,
  },
  ROLE_MISSING: { message: 'This needs the role {role}.', action: 'Ask an admin of this instance.', status: 403 },
  CROSS_SITE: {
    message: 'The request came from another site.',
    action: 'Use the editor that this server serves, or an API token.',
    status: 403,
  },
  LAST_ADMIN: { message: 'This is the last admin.', action: 'Make another user an admin first.', status: 409 },
} as const satisfies Record<string, ErrorEntry>;
