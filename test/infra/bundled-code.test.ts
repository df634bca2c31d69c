import { describe, expect, it } from "vitest";
import { refuseCedar } from "../../infra/constructs/functions/bundled-code.ts";

const bundleWith = (text: string) => new Map([["index.mjs", Buffer.from(text)]]);

describe("a bundle without Cedar's module", () => {
  it("is refused where it has Cedar's loader: the function would fail at its first start", () => {
    expect(() => refuseCedar("relay", bundleWith("readFileSync(`${__dirname}/cedar_wasm_bg.wasm`)"))).toThrow(
      "relay imports Cedar: ship its module in hub-functions.ts, or do not import it",
    );
  });

  it("is taken where it has not", () => {
    expect(() => refuseCedar("relay", bundleWith("export const handler = () => 1;"))).not.toThrow();
  });
});
