/** Whether a key press belongs to a text field, an open list or a dialog, and not to the canvas. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest('input, textarea, select, [contenteditable="true"], [role="dialog"], [role="menu"]') !== null
  );
}
