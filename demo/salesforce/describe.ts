import type { Field, FieldType } from './objects/field.ts';
import { plainValue } from './soql/encode.ts';
import type { Table } from './store/table.ts';

/** When the metadata last changed: it never does while the demo runs. */
export const METADATA_CHANGED = Date.UTC(2026, 4, 4, 9);

const SOAP_TYPES: Partial<Record<FieldType, string>> = {
  id: 'tns:ID',
  reference: 'tns:ID',
  boolean: 'xsd:boolean',
  int: 'xsd:int',
  double: 'xsd:double',
  currency: 'xsd:double',
  percent: 'xsd:double',
  date: 'xsd:date',
  datetime: 'xsd:dateTime',
  time: 'xsd:time',
  address: 'urn:address',
  anyType: 'xsd:anyType',
};

/** What describeGlobal and describe both say of an object. */
export function describeBriefly(table: Table, dataPath: string): Record<string, unknown> {
  const { name, label, labelPlural, prefix, createable, updateable, deletable } = table.definition;
  const path = `${dataPath}/sobjects/${name}`;
  return {
    activateable: false,
    associateEntityType: null,
    associateParentEntity: null,
    createable,
    custom: name.endsWith('__c'),
    customSetting: false,
    deepCloneable: false,
    deletable,
    deprecatedAndHidden: false,
    feedEnabled: deletable,
    hasSubtypes: false,
    isInterface: false,
    isSubtype: false,
    keyPrefix: prefix,
    label,
    labelPlural,
    layoutable: deletable,
    mergeable: ['Account', 'Contact', 'Lead', 'Case'].includes(name),
    mruEnabled: deletable,
    name,
    queryable: true,
    replicateable: isReplicateable(table),
    retrieveable: true,
    searchable: deletable,
    triggerable: deletable,
    undeletable: deletable,
    updateable,
    urls: { rowTemplate: `${path}/{ID}`, describe: `${path}/describe`, sobject: path },
  };
}

/** Whether the object can be kept up to date by `updated` and `deleted`. */
export function isReplicateable({ definition }: Table): boolean {
  return definition.replicateable ?? definition.deletable;
}

/** The whole description of an object; `all` are the objects that may refer to it. */
export function describeFully(table: Table, all: readonly Table[], dataPath: string): Record<string, unknown> {
  const brief = describeBriefly(table, dataPath);
  return {
    actionOverrides: [],
    ...brief,
    childRelationships: childrenOf(table, all),
    compactLayoutable: true,
    defaultImplementation: null,
    extendedBy: null,
    extendsInterfaces: null,
    fields: table.definition.fields.map(describeField),
    implementedBy: null,
    implementsInterfaces: null,
    listviewable: null,
    lookupLayoutable: null,
    namedLayoutInfos: [],
    networkScopeFieldName: null,
    recordTypeInfos: [masterRecordType(String(brief.name), dataPath)],
    searchLayoutable: true,
    sobjectDescribeOption: 'FULL',
    supportedScopes: [
      { label: 'All', name: 'everything' },
      { label: 'My', name: 'mine' },
    ],
  };
}

function masterRecordType(object: string, dataPath: string): Record<string, unknown> {
  const recordTypeId = '012000000000000AAA';
  return {
    active: true,
    available: true,
    defaultRecordTypeMapping: true,
    developerName: 'Master',
    master: true,
    name: 'Master',
    recordTypeId,
    urls: { layout: `${dataPath}/sobjects/${object}/describe/layouts/${recordTypeId}` },
  };
}

function childrenOf(table: Table, all: readonly Table[]): Record<string, unknown>[] {
  return all.flatMap((child) =>
    child.definition.fields
      .filter((field) => field.referenceTo === table.name)
      .map((field) => ({
        cascadeDelete: field.onParentDelete === 'cascade',
        childSObject: child.name,
        deprecatedAndHidden: false,
        field: field.name,
        junctionIdListNames: [],
        junctionReferenceTo: [],
        relationshipName: field.childName,
        restrictedDelete: field.onParentDelete === 'restrict',
      })),
  );
}

function describeField(field: Field): Record<string, unknown> {
  return { ...rightsOf(field), ...shapeOf(field), ...FIXED, ...referenceOf(field), ...choicesOf(field) };
}

/** Attributes that no field of the demo sets. */
const FIXED = {
  aiPredictionField: false,
  cascadeDelete: false,
  controllerName: null,
  defaultValueFormula: null,
  dependentPicklist: false,
  deprecatedAndHidden: false,
  displayLocationInDecimal: false,
  encrypted: false,
  filteredLookupInfo: null,
  formulaTreatNullNumberAsZero: false,
  highScaleNumber: false,
  htmlFormatted: false,
  inlineHelpText: null,
  mask: null,
  maskType: null,
  queryByDistance: false,
  searchPrefilterable: false,
  writeRequiresMasterRead: false,
};

function rightsOf(field: Field): Record<string, unknown> {
  const isLong = field.type === 'textarea' && field.length > 255;
  return {
    aggregatable: field.filterable && field.type !== 'boolean',
    autoNumber: field.autoNumber,
    calculated: field.formula !== null,
    calculatedFormula: field.formula,
    caseSensitive: false,
    createable: field.createable,
    custom: field.custom,
    defaultValue: plainValue(field.type, field.defaultValue),
    defaultedOnCreate: field.defaultedOnCreate,
    externalId: field.externalId,
    filterable: field.filterable,
    groupable: field.sortable && !['double', 'currency', 'percent', 'datetime'].includes(field.type),
    idLookup: field.idLookup,
    nameField: field.nameField,
    nillable: field.nillable,
    permissionable: field.custom || (field.nillable && field.createable),
    sortable: field.sortable,
    unique: field.unique,
    updateable: field.updateable,
    extraTypeInfo: isLong ? 'plaintextarea' : field.compound === 'Name' ? 'personname' : null,
  };
}

function shapeOf(field: Field): Record<string, unknown> {
  return {
    byteLength: field.type === 'id' || field.type === 'reference' ? 18 : field.length * 3,
    compoundFieldName: field.compound,
    digits: field.type === 'int' ? field.precision : 0,
    label: field.label,
    length: field.length,
    name: field.name,
    precision: field.type === 'int' ? 0 : field.precision,
    scale: field.scale,
    soapType: SOAP_TYPES[field.type] ?? 'xsd:string',
    type: field.type,
  };
}

function referenceOf(field: Field): Record<string, unknown> {
  return {
    namePointing: false,
    polymorphicForeignKey: false,
    referenceTargetField: null,
    referenceTo: field.referenceTo === null ? [] : [field.referenceTo],
    relationshipName: field.relationshipName,
    relationshipOrder: null,
    restrictedDelete: field.onParentDelete === 'restrict',
  };
}

function choicesOf(field: Field): Record<string, unknown> {
  return {
    restrictedPicklist: field.restricted,
    picklistValues: field.picklist.map((value) => ({
      active: true,
      defaultValue: value === field.defaultValue,
      label: value,
      validFor: null,
      value,
    })),
  };
}
