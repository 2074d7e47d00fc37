/** Where a CRM says what became of its records. */

/** What says of a record that another has taken its place. */
export interface RemoteMove {
  /** Ticked when it is so. */
  field: string;
  /** The object of the other record, and the field that holds its id. */
  object: string;
  idField: string;
}

/** An object with a record for each change of a field, and the names of its fields. */
export interface RemoteHistory {
  object: string;
  /** The id of the record that was changed, the name of its field, and the values. */
  record: string;
  field: string;
  before: string;
  after: string;
  changedAt: string;
}

/** A record that is made anew has its old id and the values that it was given or changed to, but is not in all the old one. */
export interface RemadeRecords {
  /** Fields that would say something else in a new record, and are left out. */
  without: readonly string[];
  /** What is not as it was, in sentences, for whoever has to approve. */
  remarks: readonly string[];
}
