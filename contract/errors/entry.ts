/** `message` and `action` are templates: `{name}` is replaced from the details. `status` is the HTTP status when the error leaves through the interface (400 unless said). */
export interface ErrorEntry {
  /** One plain sentence: what is wrong. */
  message: string;
  /** One plain sentence: what to do now. */
  action: string;
  status?: number;
  /** Only a change of the workflow, an option or a connection mends it, so it ends the run: it never takes an Error transition, behind which nobody expects it. */
  configuration?: true;
}
