/** A folder of data extensions. */
export interface Folder {
  id: number;
  name: string;
  /** 0: it is the root of its kind. */
  parentId: number;
}

const ROOT: Folder = { id: 2, name: 'Data Extensions', parentId: 0 };
const CRM: Folder = { id: 89_350, name: 'CRM', parentId: ROOT.id };
const CONTACTS: Folder = { id: 89_351, name: 'Contacts', parentId: CRM.id };

export const FOLDERS: readonly Folder[] = [ROOT, CRM, CONTACTS];

const BY_KEY: Record<string, Folder> = { SUBSCRIBERS: CONTACTS, AUDIENCE: CONTACTS, 'order-lines': CRM };

/** In which folder a data extension lies, by its key; those made later lie in the root. */
export const folderOf = (key: string): number => (BY_KEY[key] ?? ROOT).id;
