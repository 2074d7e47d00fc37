import type { makeDates } from './dates.ts';
import type { makeNames } from './names.ts';
import type { makeRecords } from './records.ts';
import type { makeScript } from './script.ts';
import type { makeSession } from './session.ts';
import type { Ask, Host, makeSend, makeValues } from './values.ts';

/** The functions of this folder, handed over because none can import another inside QuickJS. */
export interface Parts {
  makeValues: typeof makeValues;
  makeSend: typeof makeSend;
  makeNames: typeof makeNames;
}

/** Those that not every task needs: they are compiled when first asked for. */
export interface LateParts {
  makeDates: typeof makeDates;
  makeRecords: typeof makeRecords;
  makeSession: typeof makeSession;
  makeScript: typeof makeScript;
}

type Write = (piece: string, value?: unknown) => void;

/** What the host can call. Arguments and answers are numbers, functions and JSON text. */
export function makeEntries(host: Host, parts: Parts) {
  const Buffer = ArrayBuffer;
  const Compile = Function;
  const values = parts.makeValues(host);
  const send = parts.makeSend(values, host);
  const ask: Ask = (name, ...args) => values.parse(send(name, values.stringify(args)));
  const names = parts.makeNames(values, ask);
  let dates: ReturnType<typeof makeDates> | undefined;
  let session: ReturnType<typeof makeSession>;
  let script: ReturnType<typeof makeScript>;

  function load<Name extends keyof LateParts>(name: Name): LateParts[Name] {
    return new Compile(`'use strict'; return ${send('part', name)}`)();
  }

  for (const name of ['formatDate', 'parseTimeStamp', 'dateFns'] as const) {
    Object.defineProperty(globalThis, name, {
      enumerable: true,
      get() {
        dates ??= load('makeDates')(ask);
        return dates[name];
      },
    });
  }

  function valueText(value: unknown): string {
    if (value === undefined) return '"value":null,"isUndefined":true';
    if (value instanceof Date) return `"value":${values.stringify(values.isoOf(value))},"isDate":true`;
    return `"value":${values.textOf(value)}`;
  }

  function renderText(template: (write: Write, show: Write) => void): string {
    const pieces: string[] = [];
    let size = 0;
    const write: Write = (piece) => {
      size += piece.length;
      values.refuseLarge(size);
      pieces.push(piece);
    };
    template(write, (value) => write(values.display(value)));
    return `"value":${values.stringify(pieces.join(''))}`;
  }

  function openRecords(columnsText: string): ReturnType<typeof makeRecords> {
    return load('makeRecords')(values, ask, values.parse(columnsText));
  }

  return {
    /** 1 when there is room for that many bytes, which are free again afterwards; throws or 0 when not. */
    hasRoom: (bytes: number): number => Number(new Buffer(bytes).byteLength === bytes),
    enter: (text: string) =>
      values.answer(() => {
        names.enter(text);
        return '"value":null';
      }),
    evaluate: (expression: () => unknown) => values.answer(() => valueText(expression())),
    render: (template: (write: Write, show: Write) => void) => values.answer(() => renderText(template)),
    failure: (error: unknown) =>
      values.answer(() => {
        throw error;
      }),
    startScript: (columnsText: string, outputText: string, main: () => Promise<unknown>) => {
      script = load('makeScript')(values, openRecords(columnsText), send, values.parse(outputText));
      return script.start(main);
    },
    finishScript: () => script.finish(names.effects),
    openSession: (
      cell: ArrayBuffer,
      columnsText: string,
      outputText: string,
      ...programs: ((record: object) => unknown)[]
    ) => {
      const columns = values.parse(columnsText);
      session = load('makeSession')(values, names, openRecords(columnsText), ask, columns, cell);
      session.setPrograms(programs, values.parse(outputText));
      return '{"ok":true,"value":null}';
    },
    begin: (text: string, careful: boolean) =>
      values.answer(() => {
        session.begin(text, careful);
        return '"value":null';
      }),
    run: () => session.run(0),
    runAfter: (row: number, reason: string, message: string) => session.runAfter(row, reason, message),
  };
}
