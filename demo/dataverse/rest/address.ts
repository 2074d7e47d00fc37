import { malformed, noSegment, ODataError } from '../errors.ts';
import { splitOutside } from '../odata/shape.ts';

/** One part of a path: a name, and what stands in brackets behind it. */
export interface Segment {
  name: string;
  /** Null where there are no brackets. */
  key: string | null;
}

/** The web server in front of Dataverse takes none of these in a path, however they are encoded. */
const DANGEROUS = /[<>*%&:\\?]/;

/** The segments of a path behind the service's address. Throws for signs that no path may have. */
export function readPath(path: string): Segment[] {
  // Decoded as a whole: a slash that is encoded divides all the same.
  const parts = decode(path.replace(/^\/api\/data\/v9\.[0-9]+\/?/, '')).split('/');
  return parts
    .filter((part) => part !== '')
    .map((text) => {
      const sign = DANGEROUS.exec(text)?.[0];
      if (sign !== undefined)
        throw new ODataError(
          400,
          '',
          `A potentially dangerous Request.Path value was detected from the client (${sign}).`,
        );
      const match = /^([^(]*)(?:\(([\s\S]*)\))?$/.exec(text);
      if (!match) throw noSegment(text);
      return { name: match[1] ?? '', key: match[2] ?? null };
    });
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part.replaceAll('+', ' '));
  } catch (error) {
    if (error instanceof URIError) throw malformed(`The URI segment '${part}' is not valid.`);
    throw error;
  }
}

/** `firstname='Joe',emailaddress1='a@b.c'` as names and literals; a literal alone stands under the empty name. */
export function readKeyText(key: string): Map<string, string> {
  return new Map(
    splitOutside(key, ',').map((part) => {
      const [, name = '', value = part] = /^\s*(\w+)\s*=([\s\S]*)$/.exec(part) ?? [];
      return [name, value.trim()] as const;
    }),
  );
}
