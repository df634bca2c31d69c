import { describe, expect, it } from "vitest";
import { ITEM_KINDS } from "../../infra/item-kinds.ts";
import { kindOf } from "../harness/watched-table.ts";
import { KINDS_OF_ITEMS, readerOf } from "./store/kinds-of-items.ts";
import { portsOver } from "./store/ports-over-table.ts";
import { PlainTable } from "./store/recorded-items.ts";
import { readsOf, recordedKinds } from "./store/recorded-kinds.ts";
import { refused } from "./store/tested-store.ts";

const { atMs, all } = recordedKinds();
const ROWS = all.map(({ item, read }) => {
  const [pk, sk] = [String(item.pk?.S), String(item.sk?.S)];
  return { item, read, key: `${pk} ${sk}`, reader: readerOf(pk, sk), kind: readerOf(pk, sk).kind };
});

describe("items of every kind that the previous release wrote", () => {
  it("are recorded for each kind of item in the table", () => {
    const recorded = new Set(ROWS.map(({ kind }) => kind));
    expect(Object.keys(KINDS_OF_ITEMS).filter((kind) => !recorded.has(kind as never))).toEqual([]);
  });

  it("have a TTL, or none, as the rows of their kinds say", () => {
    const isWrong = ({ item, key }: (typeof ROWS)[number]) =>
      ITEM_KINDS[kindOf({ pk: key })].expires === (item.ttl ? "never" : "always");
    expect(ROWS.filter(isWrong).map(({ key }) => key)).toEqual([]);
  });

  it("are read by today's functions as that release read them", async () => {
    const reads = await readsOf(
      all.map(({ item }) => item),
      atMs,
    );
    const today = ROWS.map(({ key }, index) => [key, reads[index]]);
    expect(today).toMatchObject(ROWS.map(({ key, read }) => [key, read]));
  });

  it("have seals that today's functions verify: tasks, consents, acceptances, uses of approvals", async () => {
    const sealed = ROWS.filter(({ item, read }) => item.seal && item.seal.S !== "seal" && read !== null);
    expect(new Set(sealed.map(({ kind }) => kind))).toEqual(new Set(["task", "consent", "acceptance", "approvalUse"]));
    for (const { key, read } of sealed)
      for (const each of [read].flat()) expect(each, key).toMatchObject({ isGenuine: true });
  });

  it("are refused as an outage where their form is unknown to this version, and never taken for absent", async () => {
    for (const { item, key, reader } of ROWS) {
      const ports = portsOver(new PlainTable().put([{ ...item, v: { N: "2" } }]).table, () => atMs);
      await expect(reader.read(ports), key).rejects.toEqual(refused("store_unavailable"));
    }
  });
});
