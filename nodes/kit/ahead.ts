/** Gives what another iterable gives, and fetches the next one meanwhile: one is under way at most. */
export async function* ahead<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  const source = items[Symbol.asyncIterator]();
  const fetchNext = (): Promise<IteratorResult<T>> => {
    const next = source.next();
    // Whoever takes it is told of a failure; nobody may, once the reader has stopped.
    next.catch(() => undefined);
    return next;
  };
  try {
    for (let next = fetchNext(); ; ) {
      const item = await next;
      if (item.done) return;
      next = fetchNext();
      yield item.value;
    }
  } finally {
    await source.return?.();
  }
}
