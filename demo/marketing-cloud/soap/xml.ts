/** An element of an XML document: its name and those of its attributes without prefix. */
export interface Element {
  name: string;
  attributes: Record<string, string>;
  text: string;
  children: Element[];
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const TOKEN =
  /<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([^\s/>]+)((?:"[^"]*"|'[^']*'|[^>"'])*?)(\/?)>|([^<]+)/g;
const ATTRIBUTE = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** Reads a document without DTD. Throws SyntaxError when its tags do not fit. */
export function readXml(text: string): Element {
  if (/<!DOCTYPE/i.test(text)) throw new SyntaxError('For security reasons DTD is prohibited in this XML document.');
  const root: Element = { name: '', attributes: {}, text: '', children: [] };
  const open = [root];
  for (const [, data, closing, name, attributes, selfClosing, between] of text.matchAll(TOKEN)) {
    const top = open.at(-1)!;
    if (name === undefined) top.text += data ?? decodeText(between ?? '');
    else if (closing === '/') closeElement(open, localName(name));
    else {
      const element = { name: localName(name), attributes: readAttributes(attributes ?? ''), text: '', children: [] };
      top.children.push(element);
      if (selfClosing !== '/') open.push(element);
    }
  }
  const [document] = root.children;
  if (open.length > 1 || document === undefined) throw new SyntaxError('The XML document is not complete.');
  return document;
}

/** The first element of a name at each level, from an element down. */
export function descend(from: Element | undefined, ...names: string[]): Element | undefined {
  return names.reduce((element, name) => element?.children.find((child) => child.name === name), from);
}

export function childrenOf(from: Element | undefined, name: string): Element[] {
  return from?.children.filter((child) => child.name === name) ?? [];
}

/** The text of an element; null when it is not there, or nil. */
export function textOf(from: Element | undefined, ...names: string[]): string | null {
  const element = descend(from, ...names);
  return element === undefined || element.attributes.nil === 'true' ? null : element.text.trim();
}

/** An element with text; one that is nil for null. */
export function leaf(name: string, value: string | number | boolean | null): string {
  return value === null ? `<${name} xsi:nil="true" />` : `<${name}>${encodeText(String(value))}</${name}>`;
}

/** An element with elements in it, given as XML. */
export function group(name: string, inner: string, type?: string): string {
  return `<${name}${type === undefined ? '' : ` xsi:type="${type}"`}>${inner}</${name}>`;
}

function readAttributes(text: string): Record<string, string> {
  const found = [...text.matchAll(ATTRIBUTE)].map(([, name, double, single]) => {
    return [localName(name!), decodeText(double ?? single ?? '')];
  });
  return Object.fromEntries(found);
}

function closeElement(open: Element[], name: string): void {
  const element = open.pop();
  if (open.length === 0 || element?.name !== name)
    throw new SyntaxError(`The '${element?.name ?? ''}' start tag does not match the end tag of '${name}'.`);
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
