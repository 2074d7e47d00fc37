import type { Reply } from '../../../contract/api.ts';
import { isDirty, useDocument } from '../../state/documentStore.ts';

/** Whether the drawing as it stands is the published version: then there is nothing to publish, and a run takes that version. */
export function useIsPublished({ publishedVersion, draftDiffers }: Reply<'getWorkflow'>): boolean {
  const dirty = useDocument(isDirty);
  return publishedVersion !== null && !draftDiffers && !dirty;
}
