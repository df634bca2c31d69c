import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  append,
  bundleOf,
  EMPTY_EDGE,
  edgeKeys,
  entriesOf,
  rootOfEdge,
  tileKey,
} from "../../../../functions/core/archive/tiles.ts";

/** Hash of a tree by RFC 6962's own recursion, which the code under test does not use. */
function rfc6962(entries: readonly Buffer[]): Buffer {
  const sha256 = (...parts: readonly Buffer[]) => createHash("sha256").update(Buffer.concat(parts)).digest();
  const [first] = entries;
  if (!first) return sha256();
  if (entries.length === 1) return sha256(Buffer.of(0), first);
  let split = 1;
  while (split * 2 < entries.length) split *= 2;
  return sha256(Buffer.of(1), rfc6962(entries.slice(0, split)), rfc6962(entries.slice(split)));
}

/** Entries and roots of the reference implementation of Certificate Transparency (google/certificate-transparency, merkletree tests). */
const VECTORS = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
].map((hex) => Buffer.from(hex, "hex"));
const ROOTS = [
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

describe("tree of the archive", () => {
  test.each(ROOTS.map((root, index) => [index + 1, root] as const))(
    "The tree of %i entries has the hash of RFC 6962's reference",
    (size, root) => {
      const { edge } = append(EMPTY_EDGE, VECTORS.slice(0, size));
      expect(rootOfEdge(edge).toString("hex")).toBe(root);
    },
  );

  test("A tree that grows in steps is the tree that is built at once, at each size around a tile's end", () => {
    const entries = Array.from({ length: 600 }, (_, n) => Buffer.from(`entry ${n}`));
    let edge = EMPTY_EDGE;
    for (const step of [1, 2, 250, 3, 1, 1, 255, 7, 80]) {
      edge = append(edge, entries.slice(edge.size, edge.size + step)).edge;
      expect(rootOfEdge(edge)).toEqual(rfc6962(entries.slice(0, edge.size)));
    }
  });

  test("An append puts only the tiles that it changes, and the archive holds the whole edge after each append", () => {
    const entries = Array.from({ length: 1_400 }, (_, n) => Buffer.from(`entry ${n}`));
    const archive = new Set<string>();
    let edge = EMPTY_EDGE;
    for (const step of [300, 3, 200, 9, 256, 1, 600]) {
      const appended = append(edge, entries.slice(edge.size, edge.size + step));
      for (const { key } of appended.objects) {
        expect(archive).not.toContain(key);
        archive.add(key);
      }
      edge = appended.edge;
      for (const { key } of edgeKeys(edge.size)) expect(archive).toContain(key);
    }
    expect(archive).toContain("tile/1/000.p/1");
  });

  test("70,000 entries fill tiles of three levels, whose keys are those of the edge", () => {
    const { edge, objects } = append(
      EMPTY_EDGE,
      Array.from({ length: 70_000 }, (_, n) => Buffer.from(String(n))),
    );
    const partial = objects.map(({ key }) => key).filter((key) => key.includes(".p/"));
    expect(new Set(partial)).toEqual(new Set(edgeKeys(edge.size).map(({ key }) => key)));
    expect(edge.levels.map(({ length }) => length)).toEqual([70_000 % 256, 273 % 256, 1]);
    expect(objects.map(({ key }) => key)).toContain("tile/1/000");
    expect(new Set(objects.map(({ key }) => key)).size).toBe(objects.length);
  });

  test.each([
    ["tile/0/000", tileKey(0, 0)],
    ["tile/0/x001/x234/067", tileKey(0, 1_234_067)],
    ["tile/entries/x273/000.p/7", tileKey("entries", 273_000, 7)],
    ["tile/2/999.p/255", tileKey(2, 999, 255)],
  ])("%s is written as tlog-tiles writes it", (expected, key) => {
    expect(key).toBe(expected);
  });

  test("A bundle whose lengths do not come out has no entries", () => {
    const bundle = bundleOf([Buffer.from("a"), Buffer.alloc(0), Buffer.alloc(65_535)]);
    expect(entriesOf(bundle)?.map(({ length }) => length)).toEqual([1, 0, 65_535]);
    expect(entriesOf(bundle.subarray(0, -1))).toBeUndefined();
    expect(entriesOf(Buffer.of(0))).toBeUndefined();
  });

  test("An entry that no bundle can hold is refused", () => {
    expect(() => append(EMPTY_EDGE, [Buffer.alloc(65_536)])).toThrow(RangeError);
  });
});
