/** A dotted name, and where it begins in the query's text. */
export interface Path {
  parts: string[];
  at: number;
}

export type Literal =
  /** `pattern` still tells the wildcards of LIKE from escaped ones. */
  | { kind: 'string'; value: string; pattern: string; at: number }
  | { kind: 'number'; value: number; at: number }
  | { kind: 'boolean'; value: boolean; at: number }
  | { kind: 'null'; at: number }
  /** YYYY-MM-DD */
  | { kind: 'date'; value: string; at: number }
  /** Milliseconds since 1970. */
  | { kind: 'datetime'; value: number; at: number }
  /** TODAY, LAST_N_DAYS:30 and the like. */
  | { kind: 'period'; name: string; n: number; at: number };

export type CompareOperator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE';

export type Condition =
  | { kind: 'and' | 'or'; items: Condition[] }
  | { kind: 'not'; item: Condition }
  | { kind: 'compare'; path: Path; operator: CompareOperator; literal: Literal }
  | { kind: 'in'; path: Path; negated: boolean; literals: Literal[] }
  /** IN with a query. */
  | { kind: 'join'; path: Path; negated: boolean; query: Query };

export type SelectItem =
  | { kind: 'field'; path: Path }
  /** COUNT(field), under the name it has in the answer. */
  | { kind: 'count'; path: Path; alias: string | null }
  | { kind: 'fields'; group: 'ALL' | 'STANDARD' | 'CUSTOM'; at: number };

export interface OrderItem {
  path: Path;
  descending: boolean;
  nullsLast: boolean;
}

export interface Query {
  text: string;
  /** Empty for COUNT(). */
  select: SelectItem[];
  countsRows: boolean;
  object: Path;
  alias: string | null;
  where: Condition | null;
  orderBy: OrderItem[];
  limit: number | null;
  offset: number;
}
