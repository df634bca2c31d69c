import { describe, expect, it } from "vitest";
import { inspectArchive } from "../../../client/doctor/inspect-archive.ts";

describe("doctor's report on the signed log", () => {
  it.each([{}, { archive: {} }, { archive: { days: 400 } }])(
    "%j: that it is not anchored, and what to do",
    (config) => {
      expect(inspectArchive(config)).toMatchObject({
        state: "unknown",
        found: "not anchored: an administrator of the hub's account could fork it",
        mend: expect.stringContaining("archive.anchor"),
      });
    },
  );

  it("where its checkpoints go", () => {
    const anchor = { bucket: "acme-anchor", account: "444455556666" };
    expect(inspectArchive({ archive: { anchor } })).toEqual({
      check: "log",
      state: "ok",
      found: "each hour's checkpoint is added to acme-anchor in account 444455556666",
    });
  });
});
