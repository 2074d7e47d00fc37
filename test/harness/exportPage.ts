/** The page of one export in a browser, in the words of people who look at what is sent. */
import type { Locator, Page } from 'playwright-core';
import { eventually } from './browser.ts';

export class ExportPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Waits until the page of that export is there; gives its id. */
  async opened(name: string): Promise<string> {
    await this.#page.getByRole('heading', { name, level: 1 }).waitFor();
    return new URL(this.#page.url()).pathname.split('/').at(-1) ?? '';
  }

  async expectStage(word: string): Promise<void> {
    await this.#page.getByRole('banner').or(this.#page.locator('header')).getByText(word, { exact: true }).waitFor();
  }

  /** Waits until the strip shows exactly these sums, by their words: `{ Update: 12, Updated: 11 }`. */
  async expectTotals(totals: Record<string, number>): Promise<void> {
    const figures = this.#page.locator('fieldset button');
    await eventually(async () => {
      const texts = await figures.evaluateAll((buttons) =>
        buttons.map((button) => [
          button.querySelector('span')?.textContent,
          Number((button.querySelector('b')?.textContent ?? '').replaceAll(',', '')),
        ]),
      );
      return Object.fromEntries(texts) as Record<string, number>;
    }).toEqual(totals);
  }

  /** Shows the records of a sum only, or all again. */
  async pressTotal(group: 'Planned' | 'What became of it', word: string): Promise<void> {
    await this.#page.getByRole('group', { name: group }).getByRole('button', { name: word }).click();
  }

  async expectRecords(text: string): Promise<void> {
    await this.#page.getByRole('status').getByText(text, { exact: true }).waitFor();
  }

  get table(): Locator {
    return this.#page.getByRole('table', { name: 'Records' });
  }

  /** The row of the record with that key or id; people's names for it stand before. */
  record(id: string): Locator {
    return this.table.getByRole('row').filter({ has: this.#page.getByRole('button', { name: named('Record', id) }) });
  }

  /** Opens a record by keyboard: its detail stands beside the table. */
  async open(id: string): Promise<Locator> {
    const opener = this.record(id).getByRole('button', { name: named('Record', id) });
    await opener.focus();
    await this.#page.keyboard.press('Enter');
    const detail = this.#page.getByRole('complementary', { name: named('Record', id) });
    await detail.waitFor();
    return detail;
  }

  async choose(id: string): Promise<void> {
    await this.table.getByRole('checkbox', { name: named('Choose', id) }).check();
  }

  /** Presses a button and says yes in the dialog that it opens. */
  async do(button: string, yes: string): Promise<void> {
    await this.#page.getByRole('button', { name: button, exact: true }).click();
    const dialog = this.#page.getByRole('dialog');
    await dialog.getByRole('button', { name: yes, exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  }

  async answer(answer: 'Approve' | 'Refuse', note = ''): Promise<void> {
    const question = this.#page.getByRole('region', { name: 'Waits for approval' });
    await question.getByLabel('Note (kept with the answer)').fill(note);
    await question.getByRole('button', { name: answer, exact: true }).click();
    await question.waitFor({ state: 'detached' });
  }
}

const named = (word: string, id: string): RegExp => new RegExp(`^${word} (.+, )?${id}$`);
