/** Which objects can be replicated, and what their tables are called. */
import type { RemoteObject } from '../../contract/connector.ts';
import type { ReplicateConfig } from './config.ts';
import { hasChangeTable } from './config.ts';

const words = (text: string): string[] => text.split(/\s+/);

const filtered = 'it can only be read with a filter on single records, never as a whole';
const derived = 'it is a view of other records and cannot be queried';
const catalogue = 'it describes the organisation or the page that asks; it has no records of its own';

const reasons = new Map<string, string>([
  ...words(
    `Vote IdeaComment Announcement ContentDocumentLink ContentFolderMember ContentFolderItem CollaborationGroupRecord
     UserEntityAccess UserFieldAccess SiteDetail DataStatistics FlexQueueItem NetworkUserHistoryRecent FieldHistoryArchive
     RecordActionHistory FlowVersionView FlowVariableView FlowTestView AppTabMember OwnerChangeOptionInfo PlatformAction
     SearchLayout DatacloudDandBCompany DatacloudAddress ApexTypeImplementor`,
  ).map((name): [string, string] => [name, filtered]),
  ...words(
    `FieldDefinition EntityParticle RelationshipInfo RelationshipDomain PicklistValueInfo ColorDefinition IconDefinition
     RelatedListDefinition RelatedListColumnDefinition DataType ListViewChartInstance`,
  ).map((name): [string, string] => [name, catalogue]),
  ...words(
    `ActivityHistory OpenActivity AggregateResult Name FeedSignal FeedLike FeedTrackedChange EmailStatus OutgoingEmail
     OutgoingEmailRelation UserRecordAccess ProcessInstanceHistory CombinedAttachment NoteAndAttachment AttachedContentDocument
     AttachedContentNote OwnedContentDocument FolderedContentDocument LookedUpFromActivity ContentBody QuoteTemplateRichTextData`,
  ).map((name): [string, string] => [name, derived]),
]);

/** Why an object cannot be replicated, as the end of a sentence; null if it can. */
export function whyNot({ name, queryable }: Pick<RemoteObject, 'name' | 'queryable'>): string | null {
  const known = reasons.get(name);
  if (known !== undefined) return known;
  return queryable ? null : 'the CRM does not let it be queried';
}

/** Custom objects end with one underscore instead of two: `ns__X__c` becomes `ns__X_c`. */
export function tableName(prefix: string, object: string): string {
  return prefix + object.replace(/__c$/i, (ending) => ending.slice(1));
}

export const changeTableName = (table: string): string => `${table}__ct`;

/** The namespace of a managed package, such as `et4ae5` of `et4ae5__SendDefinition__c`; empty without one. */
export function namespaceOf(object: string): string {
  const [first = '', ...rest] = object.split('__');
  return rest.length > 1 ? first : '';
}

/** Tables that several of the chosen objects would write, with those objects. Databases do not tell upper from lower case. */
export function collisions(config: ReplicateConfig): { table: string; objects: string[] }[] {
  const writers = new Map<string, { table: string; objects: string[] }>();
  for (const object of config.objects) {
    const table = tableName(config.prefix, object.name);
    for (const name of hasChangeTable(config, object) ? [table, changeTableName(table)] : [table]) {
      const found = writers.get(name.toLowerCase()) ?? { table: name, objects: [] };
      found.objects.push(object.name);
      writers.set(name.toLowerCase(), found);
    }
  }
  return [...writers.values()].filter(({ objects }) => objects.length > 1);
}
