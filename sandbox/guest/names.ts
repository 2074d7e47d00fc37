import type { SandboxContext } from '../types.ts';
import type { Ask, Values } from './values.ts';

/** What the host gives before any code of the user runs. */
export interface Entrance {
  context: SandboxContext;
  /** Options set so far, by an earlier module of the same session. */
  set: Record<string, unknown>;
  resultSize: number;
  /** False where nobody would store what setOption sets. */
  maySetOptions: boolean;
}

export type Names = ReturnType<typeof makeNames>;

/** The names a script sees, and what it changed through them. */
export function makeNames(values: Values, ask: Ask) {
  const { parse, stringify, plain, textOf, display } = values;
  let vars: Record<string, unknown> = {};
  let instanceVars: Record<string, unknown> = {};
  let options: Record<string, unknown> = {};
  let set: Record<string, unknown> = {};
  let maySetOptions = false;
  const instanceBefore: Record<string, string> = {};
  let taskVars: Record<string, unknown> = {};
  let taskBefore = '';
  let effectsBefore = '';
  const own = Object.hasOwn;

  const define = (name: string, value: unknown): void => {
    Object.defineProperty(globalThis, name, { value, writable: false, enumerable: true, configurable: false });
  };

  function getOption(name: unknown): unknown {
    const key = String(name);
    if (own(set, key)) return parse(stringify(set[key]));
    return own(options, key) ? parse(stringify(options[key])) : undefined;
  }

  function setOption(name: unknown, value: unknown): void {
    if (!maySetOptions) throw new Error('setOption: options are set in JavaScript code, not in expressions.');
    if (typeof name !== 'string' || name === '') throw new TypeError('setOption: the name of the option is missing.');
    set[name] = plain(value);
  }

  const log = (level: string, args: unknown[]): string => {
    const message = args.map(display).join(' ');
    ask('log', level, message.length > 8000 ? `${message.slice(0, 8000)}…` : message);
    return message;
  };

  function defineLogs(): void {
    define('logInfo', (...args: unknown[]) => void log('info', args));
    define('logWarning', (...args: unknown[]) => void log('warning', args));
    define('logError', (...args: unknown[]) => {
      throw new Error(log('error', args) || 'logError');
    });
  }

  function enter(text: string): void {
    const entrance = parse(text) as Entrance;
    const { context } = entrance;
    ({ vars } = context);
    instanceVars = context.instance.vars;
    ({ set, maySetOptions } = entrance);
    options = context.options;
    values.limitResults(entrance.resultSize);
    for (const key of Object.keys(instanceVars)) instanceBefore[key] = stringify(instanceVars[key]);
    define('vars', vars);
    define('instance', Object.freeze({ ...context.instance, vars: instanceVars }));
    define('activityName', context.activityName);
    define('activity', Object.freeze(context.activity));
    taskVars = context.task.vars ?? {};
    taskBefore = stringify(taskVars);
    define('task', Object.freeze({ ...context.task, vars: taskVars }));
    define('event', Object.freeze(context.event));
    define('getOption', getOption);
    define('setOption', setOption);
    defineLogs();
  }

  function changedInstanceVars(): string {
    const parts: string[] = [];
    for (const key of Object.keys(instanceVars)) {
      const text = textOf(instanceVars[key]);
      if (text !== instanceBefore[key]) parts.push(`${stringify(key)}:${text}`);
    }
    for (const key of Object.keys(instanceBefore)) {
      if (!own(instanceVars, key)) parts.push(`${stringify(key)}:null`);
    }
    return `{${parts.join(',')}}`;
  }

  /** JSON text of vars, the changed instance.vars, task.vars if they were changed, and the options set. */
  function effects(): string {
    try {
      const own = textOf(taskVars);
      const changed = own === taskBefore ? '' : `,"taskVars":${own}`;
      return `{"vars":${textOf(vars)},"instanceVars":${changedInstanceVars()},"options":${textOf(set)}${changed}}`;
    } catch (error) {
      if (!(error instanceof values.Refusal)) throw error;
      throw new values.Refusal(error.message, 'A variable');
    }
  }

  /** The same, or null when nothing changed since the last call. */
  function newEffects(): string {
    const text = effects();
    if (text === effectsBefore) return 'null';
    effectsBefore = text;
    return text;
  }

  return { enter, effects, newEffects };
}
