export type XmlNode = string | number | undefined | XmlTree | readonly XmlTree[] | readonly string[];
export interface XmlTree {
  readonly [name: string]: XmlNode;
}

/** XML for a tree; an array repeats its element, undefined leaves it out. */
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
