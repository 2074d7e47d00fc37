const KEPT = 10_000;

export interface LoggedRequest {
  number: number;
  /** The organisation's time. */
  at: string;
  method: string;
  path: string;
  query: string;
  /** 0 when the connection was cut before an answer. */
  status: number;
  milliseconds: number;
  /** The kind of fault that was played on it. */
  fault: string | null;
}

/** The latest requests, for the assertions of tests. */
export class RequestLog {
  private readonly kept: LoggedRequest[] = [];
  private count = 0;

  add(request: Omit<LoggedRequest, 'number'>): void {
    this.count++;
    const query = request.query.replace(/(oauth_token=)[^&]*/i, '$1…');
    this.kept.push({ number: this.count, ...request, query });
    if (this.kept.length > KEPT) this.kept.splice(0, KEPT / 10);
  }

  /** Requests after a number, the oldest first. */
  since(number: number): LoggedRequest[] {
    return this.kept.filter((request) => request.number > number);
  }

  get total(): number {
    return this.count;
  }

  clear(): void {
    this.kept.length = 0;
  }
}
