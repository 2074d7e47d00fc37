/** What the popover of publishing says of problems. */
export const publishTexts = {
  problems: 'Problems before publishing',
  blocked: 'It cannot be published until the errors are mended:',
  warned: 'It can be published; look at the warnings first:',
  more: (count: number) => `${count} more in the list of problems`,
};
