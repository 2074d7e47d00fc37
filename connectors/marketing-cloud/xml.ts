/** Reading and writing the XML of the SOAP interface. */

/** An element: its name without prefix, the text right in it, and the elements in it. */
export interface Element {
  name: string;
  text: string;
  children: Element[];
}

const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const token =
  /<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([^\s/>!?]+)((?:"[^"]*"|'[^']*'|[^>"'])*?)(\/?)>|([^<]+)/g;

/** Reads a document without DTD. Throws SyntaxError when its tags do not fit, as those of a page of HTML. */
export function readXml(text: string): Element {
  const root: Element = { name: '', text: '', children: [] };
  const open = [root];
  for (const [, data, closing, name, , selfClosing, between] of text.matchAll(token)) {
    const top = open.at(-1) ?? root;
    if (name === undefined) top.text += data ?? decode(between ?? '');
    else if (closing === '/') close(open, localName(name));
    else {
      const element: Element = { name: localName(name), text: '', children: [] };
      top.children.push(element);
      if (selfClosing !== '/') open.push(element);
    }
  }
  const [document] = root.children;
  if (open.length > 1 || document === undefined) throw new SyntaxError('the XML is not whole');
  return document;
}

/** The first element at each level, from an element down. */
export function descend(from: Element | undefined, ...names: string[]): Element | undefined {
  return names.reduce((element, name) => element?.children.find((child) => child.name === name), from);
}

export const childrenOf = (from: Element | undefined, name: string): Element[] =>
  from?.children.filter((child) => child.name === name) ?? [];

/** The text of an element; empty when it is not there. */
export const textOf = (from: Element | undefined, ...names: string[]): string => descend(from, ...names)?.text ?? '';

/** An element with a text in it. What XML cannot hold at all is left away. */
export function leaf(name: string, value: string | number | boolean): string {
  const held = String(value).replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '');
  return `<${name}>${held.replace(/[&<>"'\r]/g, (sign) => `&#${sign.charCodeAt(0)};`)}</${name}>`;
}

function close(open: Element[], name: string): void {
  const element = open.pop();
  if (open.length === 0 || element?.name !== name) throw new SyntaxError(`</${name}> closes what is not open`);
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

function decode(text: string): string {
  return text.replace(/&(?:#x([\da-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return entities[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
