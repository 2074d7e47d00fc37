/** How many live records an object has for a number of contacts, and what its ids begin with. */
export interface Share {
  prefix: string;
  live: (contacts: number) => number;
}

/** In proportion to the contacts up to a number that nobody waits for. */
function part(divisor: number, most: number): (contacts: number) => number {
  return (contacts) => Math.min(most, Math.ceil(contacts / divisor));
}

const fixed = (count: number) => (): number => count;

/** Objects with generated rows. */
export const SHARES: Record<string, Share> = {
  Account: { prefix: '001', live: (n) => Math.ceil(n / 5) },
  Contact: { prefix: '003', live: (n) => n },
  Lead: { prefix: '00Q', live: (n) => Math.ceil(n / 2) },
  Case: { prefix: '500', live: (n) => Math.ceil(n / 4) },
  Contract: { prefix: '800', live: (n) => Math.ceil(n / 20) },
  Opportunity: { prefix: '006', live: (n) => Math.ceil(n / 8) },
  User: { prefix: '005', live: fixed(12) },
  Organization: { prefix: '00D', live: fixed(1) },
  Profile: { prefix: '00e', live: fixed(3) },
  Task: { prefix: '00T', live: part(5, 2000) },
  Event: { prefix: '00U', live: part(20, 500) },
  ContactHistory: { prefix: '017', live: part(10, 1000) },
  CaseStatus: { prefix: '3wv', live: fixed(4) },
  AppDefinition: { prefix: '06m', live: fixed(9) },
  Idea: { prefix: '087', live: part(200, 25) },
  Vote: { prefix: '083', live: part(50, 100) },
  Product2: { prefix: '01t', live: fixed(60) },
  ProductCategory: { prefix: '0ZG', live: fixed(12) },
  WebStore: { prefix: '0ZE', live: fixed(2) },
  WebCart: { prefix: '0a6', live: part(50, 200) },
  CartItem: { prefix: '0a9', live: part(20, 500) },
  Subscription__c: { prefix: 'a00', live: part(10, 1000) },
  Survey_Response__c: { prefix: 'a01', live: part(50, 100) },
  ns__Invoice__c: { prefix: 'a02', live: part(20, 500) },
  et4ae5__SendDefinition__c: { prefix: 'a03', live: fixed(12) },
  et4ae5__IndividualEmailResult__c: { prefix: 'a04', live: part(10, 1000) },
};
