export type XmlNode = string | number | undefined | XmlTree | readonly XmlTree[] | readonly string[];
export interface XmlTree {
  readonly [name: string]: XmlNode;
}

/** Writes a tree as XML. An array repeats its element; undefined leaves the element out. */
export function xml(tree: XmlTree): string {
  return Object.entries(tree)
    .map(([name, node]) => element(name, node))
    .join("");
}

function element(name: string, node: XmlNode): string {
  if (node === undefined) return "";
  if (Array.isArray(node)) return node.map((item) => element(name, item)).join("");
  const inner = typeof node === "object" ? xml(node as XmlTree) : escapeXml(String(node));
  return `<${name}>${inner}</${name}>`;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"\p{Cc}]/gu, (c) => `&#${c.charCodeAt(0)};`);
}
