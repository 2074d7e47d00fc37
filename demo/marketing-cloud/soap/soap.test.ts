import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCloud, type TestCloud } from '../testing.ts';
import { childrenOf, descend, type Element, textOf } from './xml.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await openCloud();
});
afterAll(() => cloud.close());

const equals = (property: string, value: string): string =>
  `<Filter xsi:type="SimpleFilterPart"><Property>${property}</Property><SimpleOperator>equals</SimpleOperator><Value>${value}</Value></Filter>`;

function retrieve(type: string, properties: string[], more = ''): Promise<Element> {
  const asked = properties.map((name) => `<Properties>${name}</Properties>`).join('');
  return cloud.soap(
    `<RetrieveRequestMsg><RetrieveRequest><ObjectType>${type}</ObjectType>${asked}${more}</RetrieveRequest></RetrieveRequestMsg>`,
  );
}

/** The texts of one property of all results. */
const texts = (answer: Element, ...names: string[]): (string | null)[] =>
  childrenOf(answer, 'Results').map((result) => textOf(result, ...names));

const rowOf = (key: string, pairs: Record<string, string>): string => {
  const properties = Object.entries(pairs).map(
    ([name, value]) => `<Property><Name>${name}</Name><Value>${value}</Value></Property>`,
  );
  return `<Objects xsi:type="DataExtensionObject"><CustomerKey>${key}</CustomerKey><Properties>${properties.join('')}</Properties></Objects>`;
};

test('objects have the properties that were asked for, the others nil or not there', async () => {
  const answer = await retrieve('DataExtension', ['CustomerKey', 'IsSendable'], equals('CustomerKey', 'audience'));
  expect(textOf(answer, 'OverallStatus')).toBe('OK');
  const [result] = childrenOf(answer, 'Results');
  expect(result?.attributes.type).toBe('DataExtension');
  expect(result?.children.map(({ name, text }) => [name, text])).toEqual([
    ['PartnerKey', ''],
    ['ObjectID', ''],
    ['CustomerKey', 'AUDIENCE'],
    ['IsSendable', 'false'],
  ]);
});

test('columns are ordered by their ordinal only, and belong to their data extension', async () => {
  const names = [
    'Name',
    'Ordinal',
    'FieldType',
    'IsPrimaryKey',
    'IsRequired',
    'MaxLength',
    'Scale',
    'DataExtension.CustomerKey',
  ];
  const answer = await retrieve('DataExtensionField', names, equals('DataExtension.CustomerKey', 'order-lines'));
  const ordinals = texts(answer, 'Ordinal');
  expect(ordinals.toSorted()).toEqual(['0', '1', '2', '3', '4']);
  expect(ordinals).not.toEqual(['0', '1', '2', '3', '4']);
  const price = childrenOf(answer, 'Results').find((result) => textOf(result, 'Name') === 'Price');
  expect([textOf(price, 'MaxLength'), textOf(price, 'Scale'), textOf(price, 'DataExtension', 'CustomerKey')]).toEqual([
    '12',
    '3',
    'order-lines',
  ]);
  expect(
    descend(
      childrenOf(answer, 'Results').find((one) => textOf(one, 'FieldType') === 'Number'),
      'MaxLength',
    ),
  ).toBeUndefined();
});

test.each([
  [['Colour'], '', 'The Request Property(s) Colour do not match'],
  [['Name'], '<Filter><Property>Name</Property></Filter>', 'Unknown filter of type FilterPart'],
  [['Name'], equals('Colour', 'x'), "The Filter Property 'Colour'"],
  [['Name'], '<ContinueRequest>none</ContinueRequest>', 'does not exist'],
  [
    ['Name'],
    '<Filter xsi:type="SimpleFilterPart"><Property>Name</Property><SimpleOperator>like</SimpleOperator><Value>x</Value></Filter>',
    "'like' is not supported",
  ],
])('asking for %j with %s is answered with an error in the overall status', async (properties, more, message) => {
  const status = textOf(await retrieve('DataExtension', properties, more), 'OverallStatus');
  expect(status).toMatch(/^Error: /);
  expect(status).toContain(message);
});

test('an object that cannot be retrieved, an unknown data extension: errors in the status too', async () => {
  expect(textOf(await retrieve('Moon', ['Name']), 'OverallStatus')).toMatch(/^Error: /);
  expect(textOf(await retrieve('DataExtensionObject[none]', ['Name']), 'OverallStatus')).toMatch(/^Error: /);
});

test('rows come in batches that a request id continues; the asterisk finds nothing', async () => {
  const first = await retrieve(
    'DataExtensionObject[SUBSCRIBERS]',
    ['SubscriberKey'],
    '<Options><BatchSize>60</BatchSize></Options>',
  );
  expect([textOf(first, 'OverallStatus'), childrenOf(first, 'Results').length]).toEqual(['MoreDataAvailable', 60]);
  const more = `<ContinueRequest>${textOf(first, 'RequestID')}</ContinueRequest>`;
  const second = await retrieve('DataExtensionObject[SUBSCRIBERS]', ['SubscriberKey'], more);
  expect([textOf(second, 'OverallStatus'), childrenOf(second, 'Results').length]).toEqual(['OK', 40]);
  expect(childrenOf(await retrieve('DataExtensionObject[SUBSCRIBERS]', ['*']), 'Results')).toEqual([]);
});

test('rows are found by any operator, by several conditions, and by one of many keys', async () => {
  const find = async (filter: string): Promise<number> =>
    childrenOf(await retrieve('DataExtensionObject[SUBSCRIBERS]', ['SubscriberKey'], filter), 'Results').length;
  const part = (name: string, property: string, operator: string, ...values: string[]): string =>
    `<${name} xsi:type="SimpleFilterPart"><Property>${property}</Property><SimpleOperator>${operator}</SimpleOperator>${values.map((value) => `<Value>${value}</Value>`).join('')}</${name}>`;
  const rows = await cloud.rows('SUBSCRIBERS');
  const count = (test: (row: Record<string, string>) => boolean): number => rows.filter(test).length;
  expect(await find(part('Filter', 'Points', 'greaterThan', '5000'))).toBe(count((row) => Number(row.Points) > 5000));
  expect(await find(part('Filter', 'Points', 'between', '10', '5000'))).toBe(
    count((row) => Number(row.Points) >= 10 && Number(row.Points) <= 5000),
  );
  expect(await find(part('Filter', 'FirstName', 'isNull'))).toBe(count((row) => row.FirstName === ''));
  expect(await find(part('Filter', 'SubscriberKey', 'IN', 'p-0000001 ', 'P-0000002', 'none'))).toBe(2);
  expect(await find(part('Filter', 'LastName', 'IN', 'Kim', 'ROSSI'))).toBe(
    count((row) => ['Kim', 'Rossi'].includes(row.LastName!)),
  );
  const both =
    part('LeftOperand', 'OptIn', 'equals', 'true') +
    '<LogicalOperator>AND</LogicalOperator>' +
    part('RightOperand', 'Points', 'lessThan', '5000');
  expect(await find(`<Filter xsi:type="ComplexFilterPart">${both}</Filter>`)).toBe(
    count((row) => row.OptIn === 'True' && Number(row.Points) < 5000),
  );
});

test('each row of a request has its own result; names of columns come whole through XML', async () => {
  const key = "members &amp; &lt;gold> 'silver'";
  const rows = [
    rowOf(key, { 'Member number': '3000', 'Tier &amp; &lt;level>': 'a &lt; b &amp; c' }),
    rowOf(key, { 'Member number': 'many' }),
    rowOf('none', { 'Member number': '1' }),
  ];
  const answer = await cloud.soap(`<CreateRequest><Options/>${rows.join('')}</CreateRequest>`);
  expect(textOf(answer, 'OverallStatus')).toBe('Has Errors');
  expect([texts(answer, 'StatusCode'), texts(answer, 'OrdinalID')]).toEqual([
    ['OK', 'Error', 'Error'],
    ['0', '1', '2'],
  ]);
  const [first, second, third] = childrenOf(answer, 'Results');
  expect(first?.attributes.type).toBe('DataExtensionCreateResult');
  expect(textOf(second, 'KeyErrors', 'KeyError', 'Name')).toBe('Member number');
  expect(textOf(third, 'ErrorCode')).toBe('70003');
  expect((await cloud.rows("members & <gold> 'silver'")).at(-1)).toEqual({
    'Member number': '3000',
    'Tier & <level>': 'a < b & c',
  });
});

test('an update updates only, unless it is told to add; an empty value is nothing', async () => {
  const update = (action: string, pairs: Record<string, string>): Promise<Element> => {
    const option =
      action &&
      `<SaveOptions><SaveOption><PropertyName>*</PropertyName><SaveAction>${action}</SaveAction></SaveOption></SaveOptions>`;
    return cloud.soap(`<UpdateRequest><Options>${option}</Options>${rowOf('AUDIENCE', pairs)}</UpdateRequest>`);
  };
  expect(textOf(await update('', { ContactKey: 'u', Score: '1' }), 'OverallStatus')).toBe('Error');
  expect(textOf(await update('UpdateAdd', { ContactKey: 'u', Score: '1' }), 'OverallStatus')).toBe('OK');
  expect(textOf(await update('', { ContactKey: 'u', Score: '' }), 'OverallStatus')).toBe('OK');
  expect(await cloud.rows('AUDIENCE')).toEqual([{ ContactKey: 'u', Email: '', Score: '' }]);
  const gone =
    '<DeleteRequest><Objects xsi:type="DataExtensionObject"><CustomerKey>AUDIENCE</CustomerKey><Keys><Key><Name>contactkey</Name><Value>U</Value></Key></Keys></Objects></DeleteRequest>';
  expect(textOf(await cloud.soap(gone), 'OverallStatus')).toBe('OK');
  expect(textOf(await cloud.soap(gone), 'OverallStatus')).toBe('Error');
});

const field = (inner: string): string =>
  `<UpdateRequest><Objects xsi:type="DataExtension"><CustomerKey>SUBSCRIBERS</CustomerKey><Fields><Field>${inner}</Field></Fields></Objects></UpdateRequest>`;

test('a column is added to a data extension that has rows when it may be empty', async () => {
  const answer = await cloud.soap(
    field('<Name>Bonus &amp; more</Name><FieldType>Number</FieldType><IsRequired>false</IsRequired>'),
  );
  expect([textOf(answer, 'OverallStatus'), texts(answer, 'StatusMessage')]).toEqual([
    'OK',
    ['Data Extension updated.'],
  ]);
  expect((await cloud.rows('SUBSCRIBERS'))[0]).toMatchObject({ 'Bonus & more': '' });
});

test.each([
  ['<Name>Must</Name><IsRequired>true</IsRequired>', 'must be nullable'],
  ['<Name>Long</Name><MaxLength>4001</MaxLength>', 'more than 4000'],
  ['<Name>Moon</Name><FieldType>Moon</FieldType>', 'type of the field'],
  [`<Name>${'n'.repeat(51)}</Name>`, 'not valid'],
  ['<Name>LastName</Name><MaxLength>10</MaxLength>', 'cannot be decreased'],
])('the column %s is refused', async (inner, message) => {
  const answer = await cloud.soap(field(inner));
  expect([textOf(answer, 'OverallStatus'), texts(answer, 'ErrorCode')]).toEqual(['Error', ['310007']]);
  expect(texts(answer, 'StatusMessage')[0]).toContain(message);
});

test('data extensions are made and removed', async () => {
  const object =
    '<Objects xsi:type="DataExtension"><CustomerKey>made</CustomerKey><Name>Made</Name><Fields><Field><Name>Id</Name><IsPrimaryKey>true</IsPrimaryKey></Field></Fields></Objects>';
  expect(textOf(await cloud.soap(`<CreateRequest>${object}</CreateRequest>`), 'OverallStatus')).toBe('OK');
  expect(textOf(await cloud.soap(`<CreateRequest>${object}</CreateRequest>`), 'OverallStatus')).toBe('Error');
  const remove =
    '<DeleteRequest><Objects xsi:type="DataExtension"><CustomerKey>made</CustomerKey></Objects></DeleteRequest>';
  expect(textOf(await cloud.soap(remove), 'OverallStatus')).toBe('OK');
  expect(textOf(await cloud.soap(remove), 'OverallStatus')).toBe('Error');
});

test('what is no envelope, and an operation that is not known, are faults', async () => {
  const answer = await cloud.call('POST', '/Service.asmx', '<a><b></a>', { 'content-type': 'text/xml' });
  expect([answer.status, answer.text]).toEqual([500, expect.stringContaining('could not be read as XML')]);
  const doctype = await cloud.call('POST', '/Service.asmx', '<!DOCTYPE a><a/>', { 'content-type': 'text/xml' });
  expect(doctype.text).toContain('DTD is prohibited');
  await expect(cloud.soap('<Moon/>')).rejects.toThrow('did not recognize');
});
