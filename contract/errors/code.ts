/** Of the code that people write. */
import type { ErrorEntry } from './entry.ts';

export const codeErrors = {
  EXPRESSION_FAILED: {
    message: 'The expression "{expression}" failed: {reason}.',
    action: 'Correct the expression.',
    configuration: true,
  },
  SCRIPT_FAILED: { message: 'The script failed{where}: {reason}.', action: 'Correct the script.' },
  CODE_SYNTAX: {
    message: 'Syntax error{where} of {what}: {reason}.',
    action: 'Correct the JavaScript.',
    configuration: true,
  },
  WORD_UNKNOWN: {
    message: 'Nothing is known here by the name {word}.',
    action: 'If it is a text, put it in quotes: {quoted}. If it is a variable, write vars. in front of it.',
  },
  TEMPLATE_FAILED: {
    message: 'The template "{template}" failed: {reason}.',
    action: 'Correct the template.',
    configuration: true,
  },
  VARIABLES_TOO_LARGE: {
    message: 'The variables in {what} hold {size} KB; {most} KB are allowed.',
    action: 'Keep rows in a table and only small values in variables.',
    configuration: true,
  },
} as const satisfies Record<string, ErrorEntry>;
