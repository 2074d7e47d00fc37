/** Words of one country. A name in another script is followed by `|` and its Latin form, as in `王|Wang`. */
export interface Locale {
  country: string;
  dial: string;
  language: string;
  given: readonly string[];
  family: readonly string[];
  streets: readonly string[];
  /** City, region or null, and a pattern of its postal codes in which # is a digit and @ a letter. */
  cities: readonly (readonly [city: string, region: string | null, postal: string])[];
  companyEnds: readonly string[];
}

/** Splits blank-separated words: pools stay readable as lines of text. */
export function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
