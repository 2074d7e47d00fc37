import type { Ask, Values } from './values.ts';

/** A batch as it enters: values by column, for the columns that are sent. */
interface BatchText {
  id: number;
  count: number;
  sent: string[];
  columns: unknown[][];
}

type Target = Record<string | symbol, unknown>;

interface View {
  record: Target;
  move(row: number): void;
}

export interface OpenBatch {
  count: number;
  sent: string[];
  /** One object that reads the record last moved to. It cannot be written. */
  view: View;
  /** The values of one record of its own, to be wrapped: `new Proxy(makeTarget(row), handler)`. */
  makeTarget(row: number): Target;
  handler: ProxyHandler<Target>;
  /** Was a column that was not sent written or read as a whole? Then records may own values of such columns. */
  isTouched(): boolean;
}

export type Records = ReturnType<typeof makeRecords>;

/**
 * Records over columns. Expressions read them through one view, which has a getter for each column. A script gets a
 * record of its own each time, to write to and to keep: it owns the values that were sent; its prototype fetches one
 * that was not, when it is read; a proxy fetches all when something lists it (spread, Object.keys, JSON.stringify).
 */
export function makeRecords(values: Values, ask: Ask, names: string[]) {
  const { stringify } = values;
  const NativeFunction = Function;
  /** Where a target keeps its row. A text key is made faster than a symbol; the proxy hides it. */
  const ROW = '\0row';
  const own = Object.hasOwn;
  const { set } = Reflect;
  const known = new Set<string | symbol>(names);
  const isWhole = (target: Target): boolean => Object.getPrototypeOf(target) === Object.prototype;

  function keep(target: Target, name: string, value: unknown): void {
    Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
  }

  /** Reads and writes of columns that were not sent end here. Not enumerable: for-in lists what ownKeys gives. */
  function makePrototype(
    unsent: string[],
    read: (target: Target, name: string) => unknown,
    write: (target: Target, name: string, value: unknown) => void,
  ): object {
    if (unsent.length === 0) return Object.prototype;
    const prototype = Object.create(Object.prototype);
    for (const name of unsent) {
      Object.defineProperty(prototype, name, {
        get(this: Target) {
          return read(this, name);
        },
        set(this: Target, value: unknown) {
          write(this, name, value);
        },
      });
    }
    return prototype;
  }

  function makeHandler(makeWhole: (target: Target) => void): ProxyHandler<Target> {
    return {
      set: (target, key, value) => set(target, key, value),
      defineProperty(target, key, descriptor) {
        makeWhole(target);
        return Reflect.defineProperty(target, key, descriptor);
      },
      deleteProperty(target, key) {
        makeWhole(target);
        return Reflect.deleteProperty(target, key);
      },
      getOwnPropertyDescriptor(target, key) {
        if (known.has(key) && !own(target, key)) makeWhole(target);
        return Reflect.getOwnPropertyDescriptor(target, key);
      },
      ownKeys(target) {
        makeWhole(target);
        const present = names.filter((name) => own(target, name));
        return [...present, ...Reflect.ownKeys(target).filter((key) => !known.has(key) && key !== ROW)];
      },
      preventExtensions(target) {
        makeWhole(target);
        delete target[ROW];
        return Reflect.preventExtensions(target);
      },
    };
  }

  type TargetFactory = (prototype: object, columns: unknown[][]) => (row: number) => Target;
  type ViewFactory = (columns: unknown[][], fetch: (name: string, row: number) => unknown) => View;

  interface Factories {
    makeTargets: TargetFactory;
    makeView: ViewFactory;
  }

  /** An object literal is made much faster than an object that is filled. */
  function makeTargetFactory(sent: string[]): TargetFactory {
    const key = (name: string) => (name === '__proto__' ? '["__proto__"]' : stringify(name));
    const cells = sent.map((name, index) => `,${key(name)}:columns[${index}][row]`);
    const source = `return (row) => ({__proto__:prototype,${stringify(ROW)}:row${cells.join('')}});`;
    return new NativeFunction('prototype', 'columns', source) as TargetFactory;
  }

  function makeViewFactory(sent: string[]): ViewFactory {
    const cells = names.map((name) => {
      const index = sent.indexOf(name);
      const cell = index < 0 ? `fetch(${stringify(name)},row)` : `c${index}[row]`;
      return `get [${stringify(name)}](){return ${cell}}`;
    });
    const source = `let row = 0; const [${sent.map((_, index) => `c${index}`).join(',')}] = columns;
      return {record: Object.freeze({${cells.join(',')}}), move(to) { row = to; }};`;
    return new NativeFunction('columns', 'fetch', source) as ViewFactory;
  }

  const factories: Record<string, Factories> = { __proto__: null } as never;

  function factoriesOf(sent: string[]): Factories {
    const key = stringify(sent);
    factories[key] ??= { makeTargets: makeTargetFactory(sent), makeView: makeViewFactory(sent) };
    return factories[key];
  }

  function open(text: string): OpenBatch {
    const { id, count, sent, columns } = values.parse(text) as BatchText;
    const fetched: Record<string, unknown[]> = { __proto__: null } as never;
    let touched = false;

    function fetch(name: string, row: number): unknown {
      fetched[name] ??= ask('column', id, name) as unknown[];
      return fetched[name][row];
    }

    const fetchCell = (target: Target, name: string) => fetch(name, target[ROW] as number);

    /** After this the record is an ordinary object with a value for each column. */
    function makeWhole(target: Target): void {
      touched = true;
      if (isWhole(target)) return;
      for (const name of names) if (!own(target, name)) keep(target, name, fetchCell(target, name));
      Object.setPrototypeOf(target, Object.prototype);
    }

    function write(target: Target, name: string, value: unknown): void {
      touched = true;
      keep(target, name, value);
    }

    const unsent = names.filter((name) => !sent.includes(name));
    const { makeTargets, makeView } = factoriesOf(sent);
    return {
      count,
      sent,
      view: makeView(columns, fetch),
      makeTarget: makeTargets(makePrototype(unsent, fetchCell, write), columns),
      handler: makeHandler(makeWhole),
      isTouched: () => touched,
    };
  }

  return { open, own };
}
