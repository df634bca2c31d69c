/**
 * Returns few names and prefixes (`ec2:Describe*`), each of one service, that match every wanted action and no spare
 * one. As in IAM, actions have no case.
 * @param wanted actions in full, each once.
 * @param spare actions in full, none of them wanted.
 */
export function prefixCover(wanted: readonly string[], spare: readonly string[]): readonly string[] {
  const items = [
    ...wanted.map((name) => ({ name, folded: name.toLowerCase(), isWanted: true })),
    ...spare.map((name) => ({ name, folded: name.toLowerCase(), isWanted: false })),
  ].sort((a, b) => (a.folded < b.folded ? -1 : 1));
  const services = Map.groupBy(items, ({ folded }) => folded.slice(0, folded.indexOf(":") + 1));
  return [...services].flatMap(([service, own]) => covered(own, service.length));
}

interface Item {
  readonly name: string;
  /** Name in lower case. */
  readonly folded: string;
  readonly isWanted: boolean;
}

/** Covers items whose names are equal up to the depth. @param items sorted. */
function covered(items: readonly Item[], depth: number): readonly string[] {
  const [first] = items;
  const last = items.at(-1);
  if (first === undefined || last === undefined || !items.some(({ isWanted }) => isWanted)) return [];
  if (items.length === 1) return [first.name];
  // All sorted names share the prefix that the first and the last share.
  if (items.every(({ isWanted }) => isWanted)) return [`${first.name.slice(0, sharedLength(first, last))}*`];
  return [...Map.groupBy(items, ({ folded }) => folded.charAt(depth)).values()].flatMap((alike) =>
    covered(alike, depth + 1),
  );
}

function sharedLength({ folded: one }: Item, { folded: other }: Item): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}
