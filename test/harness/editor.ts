/** The editor in a browser, in the words of people who draw workflows. Everything is done by mouse and keyboard. */
import type { Locator, Page } from 'playwright-core';
import { eventually, type Window } from './browser.ts';
import { RowsGrid } from './grid.ts';
import { Panel } from './panel.ts';

interface Place {
  x: number;
  y: number;
}

/** "Changed contacts → One per e-mail" or "One per e-mail · Duplicates", as the tab over its rows has it. */
type Arrow = string;

export class Editor {
  readonly page: Page;

  constructor({ page }: Window) {
    this.page = page;
  }

  // Pages

  async signIn(name: string, password: string): Promise<void> {
    await this.page.goto('/');
    await this.page.getByLabel('User name').click();
    await this.page.keyboard.type(name);
    await this.page.keyboard.press('Tab');
    await this.page.keyboard.type(password);
    await this.page.keyboard.press('Enter');
    await this.page.getByRole('heading', { name: 'Workflows', level: 1 }).waitFor();
  }

  /** Follows a link of the navigation at the left. */
  async goTo(place: string): Promise<void> {
    await this.page
      .getByRole('navigation', { name: 'Main navigation' })
      .getByRole('link', { name: place, exact: true })
      .click();
    await this.page.getByRole('heading', { name: place, level: 1 }).waitFor();
  }

  /** "New workflow" of the list: an empty canvas. */
  async createWorkflow(label: string): Promise<void> {
    await this.goTo('Workflows');
    await this.page.getByRole('button', { name: 'New workflow' }).first().click();
    await this.page.getByRole('dialog').getByLabel('Name', { exact: true }).click();
    await this.page.keyboard.type(label);
    await this.page.keyboard.press('Enter');
    await this.canvas.waitFor();
  }

  async openWorkflow(internalName: string): Promise<void> {
    await this.page.goto(`/workflows/${internalName}`);
    await this.canvas.locator('.react-flow__node').first().waitFor();
  }

  // Nodes

  get canvas(): Locator {
    return this.page.getByRole('region', { name: 'Canvas', exact: true });
  }

  node(label: string): Locator {
    return this.canvas.locator(`.react-flow__node[aria-label^="${label}, "]`);
  }

  /** What stands on the card under the label. */
  async expectSummary(label: string, summary: string): Promise<void> {
    await this.node(label).getByText(summary, { exact: true }).waitFor();
  }

  /** Drags a node type from the palette to a place, measured from the corner of the canvas. */
  async drag(type: string, at: Place): Promise<void> {
    const item = this.page.getByRole('button', { name: `Add ${type}`, exact: true });
    await item.dragTo(this.canvas, { targetPosition: at });
    await this.node(type).waitFor();
  }

  /** Finds a node type by keyboard: it is added behind the selected node. */
  async addByKeyboard(words: string, type: string): Promise<void> {
    await this.#focusCanvas();
    await this.page.keyboard.press('/');
    await this.page.keyboard.type(words);
    await this.page.keyboard.press('Enter');
    await this.node(type).waitFor();
  }

  /** A click on a node; its settings open. */
  async select(label: string): Promise<void> {
    await this.node(label).click({ position: { x: 90, y: 14 } });
    await this.#inspector(label).waitFor();
  }

  /** Gives the selected node another label. */
  async rename(from: string, to: string): Promise<void> {
    await this.#inspector(from).getByLabel('Label of the node').click();
    await this.page.keyboard.press('ControlOrMeta+a');
    await this.page.keyboard.type(to);
    await this.node(to).waitFor();
  }

  async remove(label: string): Promise<void> {
    await this.select(label);
    await this.page.keyboard.press('Delete');
    await this.node(label).waitFor({ state: 'detached' });
  }

  /** The settings of a node, which is selected for it. */
  async settings(label: string): Promise<Panel> {
    await this.select(label);
    return new Panel(this.page, this.#inspector(label));
  }

  #inspector(label: string): Locator {
    return this.page.getByRole('region', { name: `Node ${label}`, exact: true });
  }

  /** The keyboard goes to the canvas, away from any field. */
  async #focusCanvas(): Promise<void> {
    await this.canvas.locator('.react-flow').focus();
  }

  // Transitions

  /** Draws a transition with the mouse, from an output to the input of a node. */
  async connect(from: string, port: string, to: string): Promise<void> {
    await this.#dragTransition(from, port, await centreOf(this.canvas.getByLabel(`Input of ${to}`, { exact: true })));
    await this.expectTransitions(from, to, 1);
  }

  /** Draws a transition into nothing, and says what comes there. */
  async continueWith(from: string, port: string, words: string, type: string): Promise<void> {
    const start = await centreOf(this.#output(from, port));
    await this.#dragTransition(from, port, { x: start.x + 90, y: start.y });
    await this.page.getByRole('combobox', { name: 'Search nodes' }).waitFor();
    await this.page.keyboard.type(words);
    await this.page.keyboard.press('Enter');
    await this.node(type).waitFor();
  }

  /** Draws a transition by keyboard: C on the selected node, then the name of the other one. */
  async connectByKeyboard(from: string, to: string): Promise<void> {
    await this.select(from);
    await this.#focusCanvas();
    await this.page.keyboard.press('c');
    await this.page.getByRole('combobox', { name: 'Output or node' }).waitFor();
    await this.page.keyboard.type(to);
    await this.page.keyboard.press('Enter');
    await this.expectTransitions(from, to, 1);
  }

  /** Waits until so many transitions lead from a node to another. */
  async expectTransitions(from: string, to: string, count: number): Promise<void> {
    const edges = this.canvas.locator(`.react-flow__edge[aria-label="${from} → ${to}"]`);
    await eventually(() => edges.count()).toBe(count);
  }

  #output(node: string, port: string): Locator {
    return this.canvas.getByRole('button', { name: `Output ${port} of ${node}`, exact: true });
  }

  async #dragTransition(from: string, port: string, to: Place): Promise<void> {
    const start = await centreOf(this.#output(from, port));
    const { mouse } = this.page;
    await mouse.move(start.x, start.y);
    await mouse.down();
    await mouse.move((start.x + to.x) / 2, (start.y + to.y) / 2, { steps: 4 });
    await mouse.move(to.x, to.y, { steps: 4 });
    await mouse.up();
  }

  /** A button of the bar under the canvas: "Fit to view", "Tidy", "Undo". */
  async press(tool: string): Promise<void> {
    await this.page.getByRole('toolbar', { name: 'Canvas tools' }).getByRole('button', { name: tool }).click();
  }

  // The document

  /** Ctrl Z and the like, outside of any field. */
  async pressKeys(keys: string): Promise<void> {
    await this.#focusCanvas();
    await this.page.keyboard.press(keys);
  }

  async save(): Promise<void> {
    await this.page.keyboard.press('ControlOrMeta+s');
    await this.expectUnsaved(false);
  }

  /** Waits until the header says that something is not saved, or no longer says so. */
  async expectUnsaved(unsaved: boolean): Promise<void> {
    const chip = this.page.getByText('Unsaved changes', { exact: true });
    await eventually(() => chip.count()).toBe(unsaved ? 1 : 0);
  }

  // Runs

  /** Presses "Run", and gives the id of the run that this started. */
  async run(): Promise<string> {
    const asked = this.page.waitForResponse(
      (response) => response.url().endsWith('/runs') && response.request().method() === 'POST',
    );
    await this.page.getByRole('button', { name: /^Run (draft|v\d+)$/ }).click();
    const response = await asked;
    if (!response.ok()) throw new Error(`The run was not started: ${await response.text()}`);
    return ((await response.json()) as { id: string }).id;
  }

  /** A button of the header that acts on the run shown: "Resume", "Retry". */
  async command(name: string): Promise<void> {
    await this.page.getByRole('button', { name, exact: true }).click();
  }

  /** Opens the menu of a node by the right button, and takes an entry of it. */
  async fromMenu(label: string, entry: RegExp | string): Promise<void> {
    await this.node(label).click({ button: 'right', position: { x: 90, y: 14 } });
    const menu = this.page.getByRole('menu');
    await menu
      .getByRole('menuitem', { name: entry })
      .or(menu.getByRole('menuitemradio', { name: entry }))
      .click();
  }

  /** Waits until the card of a node shows that state, or none. */
  async expectState(label: string, state: string | null): Promise<void> {
    const marks = this.node(label).getByRole('img', { name: /^(Next|Running|Waiting|Succeeded|Failed|Stopped)/ });
    await eventually(async () => ((await marks.count()) === 0 ? null : marks.first().getAttribute('aria-label'))).toBe(
      state,
    );
  }

  /** Waits until the header says how the run shown went. */
  async expectRun(state: string): Promise<void> {
    await this.page
      .getByRole('status', { name: 'The run shown' })
      .getByText(new RegExp(`^${state} · `))
      .waitFor();
  }

  /** Waits until the arrow shows that many rows. */
  async expectRows(arrow: Arrow, count: number): Promise<void> {
    await this.#pill(arrow, count.toLocaleString('en')).waitFor();
  }

  /** Opens the rows behind an arrow by a click on its count. */
  async openRows(arrow: Arrow): Promise<RowsGrid> {
    await this.#pill(arrow, '[\\d,]+').click();
    await this.page.getByRole('tab', { name: arrow, exact: true }).waitFor();
    return new RowsGrid(this.page);
  }

  #pill(arrow: Arrow, count: string): Locator {
    const [from = '', to] = arrow.split(' → ');
    if (to !== undefined)
      return this.canvas.getByRole('button', { name: new RegExp(`^Rows from ${from} \\(.+\\) to ${to}: ${count}$`) });
    const [node = '', port = ''] = arrow.split(' · ');
    return this.node(node).getByRole('button', { name: new RegExp(`^Rows of ${port}: ${count}$`) });
  }

  /** Waits for a line of the log of the run shown. */
  async expectLog(text: string): Promise<void> {
    const bottom = this.page.getByRole('region', { name: 'Rows and runs' });
    await bottom.getByRole('tab', { name: 'Log', exact: true }).click();
    await bottom.getByRole('log').getByText(text).first().waitFor();
  }
}

async function centreOf(element: Locator): Promise<Place> {
  await element.waitFor();
  const box = await element.boundingBox();
  if (!box) throw new Error(`${element} is not on the page.`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
