/** Of connections, and of outside systems as a whole. */
import type { ErrorEntry } from './entry.ts';

export const connectionsErrors = {
  CONNECTION_MISSING: {
    message: 'There is no connection "{name}".',
    action: 'Create it on the Connections page or choose another one.',
    configuration: true,
  },
  CONNECTION_USED: {
    message: 'The connection "{name}" is used by {workflows}.',
    action: 'Choose another connection in those workflows first.',
    status: 409,
  },
  CONNECTION_KIND: {
    message: 'The connection "{name}" is a {kind} connection, which cannot do this.',
    action: 'Choose a connection of the right kind.',
    configuration: true,
  },
  CONNECTION_REFUSED: {
    message: 'The outside system refused to sign in: {reason}.',
    action: 'Check the instance URL, client id and secrets of the connection, then verify it again.',
    status: 502,
  },
  SIGN_IN_AGAIN: {
    message: 'Somebody must sign in for the connection "{name}": {reason}.',
    action:
      'Open the connection and sign in again. A refresh token ends when it is revoked or unused for long, and when Syncline was killed between getting a new one and keeping it.',
    status: 502,
    configuration: true,
  },
  SIGN_IN_EXPIRED: {
    message: 'This answer belongs to no sign-in that you have begun and not yet finished.',
    action:
      'Open the connection and begin to sign in again: each answer is good once, for ten minutes, in the same browser.',
  },
  PROXY_REFUSED: {
    message: 'The HTTP proxy {proxy} refused: {reason}.',
    action: "Check proxy address, user and password in the connection, or ask the proxy's owner.",
    status: 502,
    configuration: true,
  },
  PROXY_FAILED: {
    message: 'The HTTP proxy {proxy} failed: {reason}.',
    action: 'Check the proxy address and the network; the node can be retried.',
    status: 502,
  },
  API_BUDGET_SPENT: {
    message: 'The API budget of the connection "{name}" is spent: {used} of {budget} calls in the last 24 hours.',
    action: 'It has room again at {until}; or raise the budget in the connection.',
    status: 503,
  },
  MAIL_REFUSED: {
    message: 'The mail server refused: {reason}.',
    action: 'Check user, password, sender and receivers.',
    status: 502,
  },
  ALARM_NO_ADDRESS: {
    message: 'No e-mail address is named for the connection "{connection}".',
    action: 'Add one to the receivers of alarms.',
  },
  REMOTE_UNREACHABLE: {
    message: '{host} cannot be reached: {reason}.',
    action: 'Check the address and the network; the node can be retried.',
    status: 502,
  },
  REMOTE_BUSY: {
    message: 'The outside system answered {status}: {reason}.',
    action: 'Wait and retry; nothing was lost.',
    status: 502,
  },
  REMOTE_LIMIT: {
    message: 'The API limit of the outside system is used up: {reason}.',
    action: 'Wait until the limit is renewed, then retry.',
    status: 502,
  },
  REMOTE_REFUSED: {
    message: 'The outside system refused the request: {code} {reason}.',
    action: 'Correct what it names.',
    status: 502,
  },
  REMOTE_NOT_UNDERSTOOD: {
    message: 'The outside system answered with something that is not its interface: {reason}.',
    action: 'Check the instance URL; a proxy or a maintenance page may be in between.',
    status: 502,
  },
} as const satisfies Record<string, ErrorEntry>;
