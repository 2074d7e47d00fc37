import { expect, it } from 'vitest';
import { ahead } from './ahead.ts';

it('gives all in their order, one fetched ahead, and lets the source end when the reader stops', async () => {
  const made: number[] = [];
  let ended = false;
  async function* source(): AsyncGenerator<number> {
    try {
      for (let number = 0; number < 5; number += 1) {
        made.push(number);
        yield number;
      }
    } finally {
      ended = true;
    }
  }
  const taken: number[] = [];
  for await (const number of ahead(source())) {
    taken.push(number);
    if (number === 2) break;
  }
  expect(taken).toEqual([0, 1, 2]);
  expect(made).toEqual([0, 1, 2, 3]);
  expect(ended).toBe(true);
  const all = [];
  for await (const number of ahead(source())) all.push(number);
  expect(all).toEqual([0, 1, 2, 3, 4]);
});

it('tells a failure where it comes, behind what came before', async () => {
  async function* source(): AsyncGenerator<number> {
    yield 1;
    throw new Error('no more');
  }
  const taken: number[] = [];
  const read = async (): Promise<void> => {
    for await (const number of ahead(source())) taken.push(number);
  };
  await expect(read()).rejects.toThrow('no more');
  expect(taken).toEqual([1]);
});
