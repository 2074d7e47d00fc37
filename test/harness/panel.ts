/** The settings of a node as a person fills them in: by the labels that stand at the fields. */
import type { Locator, Page } from 'playwright-core';

export class Panel {
  readonly #page: Page;
  readonly #root: Locator;

  constructor(page: Page, root: Locator) {
    this.#page = page;
    this.#root = root;
  }

  /** The part of the panel with that name, for labels that stand there more than once. */
  part(name: string): Panel {
    return new Panel(this.#page, this.#root.getByRole('region', { name, exact: true }));
  }

  field(label: string): Locator {
    return this.#root
      .getByLabel(label, { exact: true })
      .and(this.#page.locator('input:not([type=radio]), textarea, [contenteditable]'));
  }

  /** Opens a list and takes an entry of it by what stands there. */
  async choose(label: string, choice: string): Promise<void> {
    await this.field(label).click();
    await this.#option(choice).click();
  }

  /** Types into a list until the entry is among what is left, then takes it. */
  async find(label: string, words: string, choice: string): Promise<void> {
    await this.write(label, words);
    await this.#option(choice).click();
    await this.#page.keyboard.press('Escape');
  }

  /** Behind the choice itself may stand its type. */
  #option(choice: string): Locator {
    return this.#page.getByRole('option', { name: new RegExp(`^${literal(choice)}( |$)`) }).first();
  }

  /** Replaces what stands in a text field. */
  async write(label: string, text: string): Promise<void> {
    await this.field(label).click();
    await this.#page.keyboard.press('ControlOrMeta+a');
    if (text === '') await this.#page.keyboard.press('Delete');
    else await this.#page.keyboard.type(text);
  }

  /** Takes one of the alternatives that stand side by side. */
  async pick(label: string, choice: string): Promise<void> {
    await this.#root.getByRole('radiogroup', { name: label, exact: true }).getByText(choice, { exact: true }).click();
  }

  async switchOn(label: string): Promise<void> {
    await this.#root.getByRole('switch', { name: label }).check({ force: true });
  }

  async switchOff(label: string): Promise<void> {
    await this.#root.getByRole('switch', { name: label }).uncheck({ force: true });
  }

  /** Gives what was said to be wrong at any field while the work was done, however short. */
  async errorsDuring(work: () => Promise<void>): Promise<string[]> {
    const said = await this.#root.evaluateHandle((root) => {
      const texts: string[] = [];
      new MutationObserver(() => {
        for (const error of root.querySelectorAll('.mantine-InputWrapper-error')) texts.push(error.textContent ?? '');
      }).observe(root, { subtree: true, childList: true, characterData: true });
      return texts;
    });
    await work();
    return said.jsonValue();
  }

  async press(button: string): Promise<void> {
    await this.#root.getByRole('button', { name: button, exact: true }).click();
  }
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
