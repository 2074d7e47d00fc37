/** dynamics-web-api as far as it is called: it is installed beside the project, so its own types are not at hand. */

type Row = Record<string, unknown>;
type Request = Record<string, unknown>;

export interface DynamicsWebApi {
  create(request: Request): Promise<Row | string>;
  retrieve(request: Request): Promise<Row>;
  update(request: Request): Promise<Row | boolean | string>;
  updateSingleProperty(request: Request): Promise<unknown>;
  upsert(request: Request): Promise<Row | string | null | undefined>;
  deleteRecord(request: Request): Promise<unknown>;
  retrieveMultiple(request: Request, link?: string): Promise<Listed>;
  retrieveAll(request: Request): Promise<Listed>;
  count(request: Request): Promise<number>;
  countAll(request: Request): Promise<number>;
  associate(request: Request): Promise<void>;
  disassociate(request: Request): Promise<void>;
  associateSingleValued(request: Request): Promise<void>;
  disassociateSingleValued(request: Request): Promise<void>;
  callFunction(request: Request | string): Promise<Row>;
  callAction(request: Request): Promise<Row | undefined>;
  retrieveEntities(request?: Request): Promise<Listed>;
  retrieveEntity(request: Request): Promise<Row>;
  retrieveAttributes(request: Request): Promise<Listed>;
  retrieveAttribute(request: Request): Promise<Row>;
  retrieveRelationships(request?: Request): Promise<Listed>;
  retrieveGlobalOptionSets(request?: Request): Promise<Listed>;
  retrieveGlobalOptionSet(request: Request): Promise<Row>;
  retrieveCsdlMetadata(request?: Request): Promise<string>;
  startBatch(): void;
  executeBatch(request?: Request): Promise<unknown[]>;
}

export interface Listed {
  value: Row[];
  oDataCount?: number;
  oDataNextLink?: string;
  oDataDeltaLink?: string;
}
