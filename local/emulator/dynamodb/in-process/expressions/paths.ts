import type { AttributeValue, Item } from "../../../table-change.ts";
import { invalid } from "../invalid.ts";

/** Names from an item's attribute down through its maps. */
export type Path = readonly string[];

export function valueAt(item: Item, path: Path): AttributeValue | undefined {
  let value: AttributeValue | undefined = { M: item };
  for (const name of path) value = value?.M && Object.hasOwn(value.M, name) ? value.M[name] : undefined;
  return value;
}

/**
 * Copies an item with a value set, or removed where it is undefined.
 * @throws {ServiceError} ValidationException where the maps on the way do not exist.
 */
export function withValueAt(item: Item, [name = "", ...rest]: Path, value: AttributeValue | undefined): Item {
  const copy: Item = Object.assign(Object.create(null), item);
  if (rest.length > 0) {
    const map = Object.hasOwn(item, name) ? item[name]?.M : undefined;
    if (!map) throw invalid("The document path provided in the update expression is invalid for update");
    copy[name] = { M: withValueAt(map, rest, value) };
  } else if (value) copy[name] = value;
  else delete copy[name];
  return copy;
}

/** @throws {ServiceError} ValidationException where one path equals the other, or leads into its value. */
export function requireApart(paths: readonly Path[], member: string): void {
  const texts = paths.map((path) => JSON.stringify(path).slice(0, -1));
  for (const [index, one] of texts.entries())
    for (const other of texts.slice(index + 1))
      if (`${one},`.startsWith(`${other},`) || `${other},`.startsWith(`${one},`))
        throw invalid(
          `Invalid ${member}: Two document paths overlap with each other; must remove or rewrite one of these paths`,
        );
}

/** Copies the parts of an item that the paths lead to. */
export function projected(item: Item, paths: readonly Path[]): Item {
  let copy: Item = Object.create(null);
  for (const path of paths) {
    const value = valueAt(item, path);
    if (value === undefined) continue;
    for (let depth = 1; depth < path.length; depth += 1)
      if (!valueAt(copy, path.slice(0, depth))) copy = withValueAt(copy, path.slice(0, depth), { M: {} });
    copy = withValueAt(copy, path, value);
  }
  return copy;
}
