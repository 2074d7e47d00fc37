import type { Catalog } from '../../server/engine/catalog.ts';
import { loadCatalog, makeCatalog } from '../../server/engine/catalog.ts';
import { actCatalog } from '../engine/draw.ts';

/** That of the product, and a timer that counts in seconds, which the Scheduler does not offer. */
export async function loadTickCatalog(): Promise<Catalog> {
  const { nodes, connectors } = await loadCatalog();
  return makeCatalog(new Map([...nodes, ...actCatalog({}).nodes]), connectors);
}
