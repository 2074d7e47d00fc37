/**
 * Random workflows on the engine and on a small reference: the same tasks, the same transitions, the same end state.
 * MODEL_CASES and MODEL_SEED choose how many, and which; `npm run test:model` is the large edition.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Acts } from '../engine/draw.ts';
import { engineUnderTest } from '../engine/engineUnderTest.ts';
import { testPatience } from '../harness/patience.ts';
import { randomness } from '../harness/random.ts';
import type { Drawing } from './drawing.ts';
import { drawing } from './drawing.ts';
import type { Stage } from './play.ts';
import { playDrawing } from './play.ts';
import { type Choice, inOrder, type Story, tellStory } from './reference.ts';

const numRuns = Number(process.env.MODEL_CASES ?? 100);
const seed = Number(process.env.MODEL_SEED ?? 20261121);
const timeout = testPatience + numRuns * 1_500;

async function stage(concurrency: number): Promise<Stage> {
  const acts: Acts = {};
  return { acts, test: await engineUnderTest(acts, { concurrency }) };
}

function randomChoice(seed: number): Choice {
  const random = randomness(seed);
  return (ready) => Math.floor(random() * ready.length);
}

/** That node's tasks before all others, or only when nothing else may run. */
function preferring(id: string, first: boolean): Choice {
  return (ready) =>
    Math.max(
      0,
      ready.findIndex(({ node }) => (node.id === id) === first),
    );
}

/** The story, if it is the same in whatever order tasks that may run are taken; else undefined. Not all orders are tried, but those in which a node is hurried or kept back. */
function anyOrder(drawn: Drawing): Story | undefined {
  const choices = [
    inOrder,
    (ready: readonly unknown[]) => ready.length - 1,
    ...[1, 2, 3, 4, 5, 6].map(randomChoice),
    ...drawn.nodes.flatMap(({ id }) => [preferring(id, true), preferring(id, false)]),
  ];
  const stories = choices.map((choose) => JSON.stringify(tellStory(drawn, choose, 400)));
  return new Set(stories).size === 1 ? (tellStory(drawn) ?? undefined) : undefined;
}

const told = drawing.filter((drawn) => tellStory(drawn) !== null);

describe('whatever is drawn', () => {
  let one: Stage;
  let four: Stage;
  beforeAll(async () => {
    one = await stage(1);
    four = await stage(4);
  });
  afterAll(async () => {
    await one.test.close();
    await four.test.close();
  }, timeout);

  it('comes to what the rules say, with one task at a time and with several', { timeout }, async () => {
    let number = 0;
    let compared = 0;
    const seen = { states: new Set<string>(), tasks: 0 };
    const property = fc.asyncProperty(told, async (drawn) => {
      number += 1;
      const expected = tellStory(drawn);
      const story = await playDrawing(one, drawn, `flow${number}`);
      expect(story).toEqual(expected);
      seen.states.add(story.state);
      seen.tasks += Object.values(story.tasks).reduce((sum, tasks) => sum + tasks, 0);
      const whatever = anyOrder(drawn);
      if (!whatever) return;
      compared += 1;
      expect(await playDrawing(four, drawn, `flow${number}`)).toEqual(whatever);
    });
    // A difference that takes too long to make small is still told.
    await fc.assert(property, { numRuns, seed, interruptAfterTimeLimit: timeout * 0.8, markInterruptAsFailure: true });
    // A model that only ever drew trivial runs would prove nothing.
    expect([...seen.states].sort()).toEqual(['failed', 'succeeded', 'succeeded with rejects']);
    expect(seen.tasks).toBeGreaterThan(numRuns * 5);
    expect(compared).toBeGreaterThan(numRuns / 4);
  });
});
