/** The people of one case, in the organisation: who is there, who was deleted, who is being written by an open transaction. */
import type { plainClient } from '../harness/organisation.ts';
import type { Write } from './schedule.ts';

type Client = ReturnType<typeof plainClient>;

/** Longer than an import looks back no transaction stays open: what it does not promise is not asked of it. */
const longestOpen = 580;

interface Transaction {
  id: string;
  age: number;
  made: string[];
  changed: string[];
}

export class People {
  readonly #org: Client;
  readonly #department: string;
  readonly #live: string[] = [];
  readonly #deleted: string[] = [];
  #open: Transaction[] = [];
  #number = 0;

  constructor(org: Client, department: string) {
    this.#org = org;
    this.#department = department;
  }

  async write(write: Write): Promise<void> {
    switch (write.kind) {
      case 'create':
        this.#live.push(...(await this.#records(this.#creations(write.count))));
        return;
      case 'update':
        await this.#records(this.#pick(this.#live, write.picks).map((id) => this.#update(id)));
        return;
      case 'delete':
        await this.#move('delete', this.#live, this.#deleted, write.picks);
        return;
      case 'undelete':
        await this.#move('undelete', this.#deleted, this.#live, write.picks);
        return;
      case 'begin':
        await this.#begin(write.creates, this.#pick(this.#live, write.picks));
        return;
      case 'commit':
        await this.#commit(this.#open[write.which % Math.max(1, this.#open.length)]);
    }
  }

  /** Time passes; a transaction that would stay open too long commits before. */
  async wait(seconds: number): Promise<void> {
    for (const open of this.#open.filter(({ age }) => age + seconds > longestOpen)) await this.#commit(open);
    for (const open of this.#open) open.age += seconds;
    await this.#org.control('clock', { advanceSeconds: seconds });
  }

  async commitAll(): Promise<void> {
    for (const open of [...this.#open]) await this.#commit(open);
  }

  /** As the organisation has them. */
  async rows(): Promise<string[]> {
    const found = await this.#org.query(
      `SELECT Id, LastName, Title FROM Contact WHERE Department = '${this.#department}'`,
    );
    return found.map((row) => JSON.stringify([row.Id, row.LastName, row.Title])).sort();
  }

  async #begin(creates: number, ids: string[]): Promise<void> {
    const changes = [...this.#creations(creates), ...ids.map((id) => this.#update(id))];
    const begun = (await this.#org.control('transactions', changes)) as { id: string; ids: string[] };
    this.#open.push({ id: begun.id, age: 0, made: begun.ids.slice(0, creates), changed: ids });
  }

  async #commit(open: Transaction | undefined): Promise<void> {
    if (!open) return;
    this.#open = this.#open.filter((other) => other !== open);
    const answer = await fetch(`${this.#org.url}/__demo/transactions/${open.id}/commit`, { method: 'POST' });
    if (!answer.ok) throw new Error(await answer.text());
    this.#live.push(...open.made);
  }

  async #move(operation: 'delete' | 'undelete', from: string[], to: string[], picks: readonly number[]): Promise<void> {
    const ids = this.#pick(from, picks);
    await this.#records(ids.map((id) => ({ operation, object: 'Contact', id })));
    for (const id of ids) from.splice(from.indexOf(id), 1);
    to.push(...ids);
  }

  /** Records that an open transaction writes are locked for others. */
  #pick(ids: readonly string[], picks: readonly number[]): string[] {
    const locked = new Set(this.#open.flatMap(({ changed }) => changed));
    const free = ids.filter((id) => !locked.has(id));
    return free.length === 0 ? [] : [...new Set(picks.map((pick) => free[pick % free.length] ?? ''))];
  }

  async #records(changes: object[]): Promise<string[]> {
    if (changes.length === 0) return [];
    return ((await this.#org.control('records', changes)) as { ids: string[] }).ids;
  }

  #creations(count: number): object[] {
    return Array.from({ length: count }, () => ({
      operation: 'create',
      object: 'Contact',
      values: { LastName: this.#name(), Title: this.#name(), Department: this.#department },
    }));
  }

  #update(id: string): object {
    return { operation: 'update', object: 'Contact', id, values: { Title: this.#name() } };
  }

  #name(): string {
    this.#number += 1;
    return `name ${this.#number}`;
  }
}
