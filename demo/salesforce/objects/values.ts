import type { Value } from './field.ts';

export const SALUTATIONS = ['Mr.', 'Ms.', 'Mrs.', 'Dr.', 'Prof.', 'Mx.'];
export const LEAD_SOURCES = ['Web', 'Phone Inquiry', 'Partner Referral', 'Purchased List', 'Trade Show', 'Other'];
export const LANGUAGES = [
  'German',
  'French',
  'English',
  'Spanish',
  'Polish',
  'Portuguese',
  'Japanese',
  'Chinese',
  'Arabic',
];
export const INDUSTRIES = [
  'Agriculture',
  'Banking',
  'Construction',
  'Education',
  'Energy',
  'Retail',
  'Technology',
  'Other',
];

/** First and last name as the organisation shows them together. */
export function joinName(first: Value, last: Value): string {
  return first === null ? String(last ?? '') : `${first} ${last}`;
}
