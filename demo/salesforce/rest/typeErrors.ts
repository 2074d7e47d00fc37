import { placeIn } from '../call.ts';
import { ApiError } from '../errors.ts';
import type { JsonTypeError } from '../writes/coerce.ts';

/** What a request with a wrong kind of value is answered, with the place of the value in its text. */
export function describeTypeError(error: JsonTypeError, body: string): ApiError {
  const key = new RegExp(`"${error.field}"\\s*:\\s*`, 'gi');
  const places = [...body.matchAll(key)].map((match) => match.index + match[0].length);
  const place = placeIn(body, places[Math.min(error.record, places.length - 1)] ?? 0);
  const message = `${error.message} or request may be missing a required field at ${place}`;
  return new ApiError(400, 'JSON_PARSER_ERROR', message);
}
