/** An element of an XML document: its name without prefix, the text right in it, and the elements in it. */
export interface Element {
  name: string;
  text: string;
  children: Element[];
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const TOKEN =
  /<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([^\s/>]+)((?:"[^"]*"|'[^']*'|[^>"'])*?)(\/?)>|([^<]+)/g;

/** Reads a document without DTD. Throws SyntaxError when its tags do not fit. */
export function readXml(text: string): Element {
  const root: Element = { name: '', text: '', children: [] };
  const open = [root];
  for (const [, data, closing, name, , selfClosing, between] of text.matchAll(TOKEN)) {
    const top = open.at(-1)!;
    if (name === undefined) top.text += data ?? decodeText(between ?? '');
    else if (closing === '/') closeElement(open, localName(name));
    else {
      const element: Element = { name: localName(name), text: '', children: [] };
      top.children.push(element);
      if (selfClosing !== '/') open.push(element);
    }
  }
  const [document] = root.children;
  if (open.length > 1 || document === undefined)
    throw new SyntaxError('XML document structures must start and end within the same entity.');
  return document;
}

/** The first element of a name at each level, from an element down. */
export function descend(from: Element | undefined, ...names: string[]): Element | undefined {
  return names.reduce((element, name) => element?.children.find((child) => child.name === name), from);
}

export function textOf(from: Element | undefined, ...names: string[]): string {
  return descend(from, ...names)?.text ?? '';
}

/** XML of values: a list gives an element each, an object its elements, null an element that is nil. */
export function writeXml(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => writeXml(name, item)).join('');
  if (value === null) return `<${name} xsi:nil="true"/>`;
  if (typeof value !== 'object') return `<${name}>${encodeText(String(value))}</${name}>`;
  const inner = Object.entries(value).map(([key, part]) => writeXml(key, part));
  return `<${name}>${inner.join('')}</${name}>`;
}

function closeElement(open: Element[], name: string): void {
  const element = open.pop();
  if (open.length === 0 || element?.name !== name)
    throw new SyntaxError(`The element type "${element?.name ?? ''}" must be terminated by the matching end-tag.`);
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function decodeText(text: string): string {
  return text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function encodeText(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
