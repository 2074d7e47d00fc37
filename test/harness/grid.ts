/** The grid of rows under the canvas, or of a local table. */
import type { Locator, Page } from 'playwright-core';
import { eventually } from './browser.ts';

export class RowsGrid {
  readonly #page: Page;
  readonly #grid: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.#grid = page.getByRole('grid');
  }

  /** Waits until the grid says that so many rows fit. */
  async expectCount(count: number): Promise<void> {
    await eventually(() => this.#grid.getAttribute('aria-rowcount')).toBe(String(count + 1));
  }

  async sortBy(column: string): Promise<void> {
    await this.#page.getByRole('button', { name: `Sort by ${column}`, exact: true }).click();
  }

  async search(text: string): Promise<void> {
    await this.#page.getByLabel('Find in rows').click();
    await this.#page.keyboard.press('ControlOrMeta+a');
    await this.#page.keyboard.type(text);
  }

  /** The cell with that text in that row (the first is 0), once it is there. */
  async expectCell(row: number, column: number, text: string): Promise<void> {
    await eventually(() => this.cell(row, column)).toBe(text);
  }

  /** What a cell shows; null while it is not in the page. */
  async cell(row: number, column: number): Promise<string | null> {
    const cell = this.#grid.locator(`#cell-${row}-${column}`);
    return (await cell.count()) === 0 ? null : cell.textContent();
  }

  /** Goes on to the end, page after page, by keyboard. */
  async goToEnd(count: number): Promise<void> {
    await this.#grid.focus();
    await eventually(async () => {
      await this.#page.keyboard.press('Control+End');
      return (await this.#grid.getAttribute('aria-activedescendant'))?.split('-')[1];
    }).toBe(String(count - 1));
  }

  async goToStart(): Promise<void> {
    await this.#grid.focus();
    await this.#page.keyboard.press('Control+Home');
  }
}
