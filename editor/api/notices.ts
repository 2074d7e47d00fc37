import { notifications } from '@mantine/notifications';
import { describeFailure } from './apiError.ts';

/** Shows a failure: its sentence, then what to do. The same failure twice is one notice. */
export function showFailure(error: unknown): void {
  const { message, action } = describeFailure(error);
  notifications.show({ id: `failure:${message}`, color: 'red', title: message, message: action, autoClose: 10_000 });
}

export function showDone(message: string): void {
  notifications.show({ id: `done:${message}`, color: 'teal', message, autoClose: 3_000 });
}
