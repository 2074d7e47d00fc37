/** Texts of this panel, in one place. */
export const texts = {
  propose: 'Propose from a sample file …',
  proposeHint:
    'Takes format, encoding and columns from the first lines of a file on your machine. The file stays there: it is not uploaded, and nothing of it is kept.',
  noText: 'The sample is no text in lines; unpack it first if it is packed.',
  unreadable: 'The sample cannot be read.',
};
