import { isIP } from "node:net";
import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isIpAddress } from "../../../../functions/core/text/ip-address.ts";

/** True where Cedar itself takes the text for an address. */
const cedarTakes = (text: string): boolean =>
  cedar.isAuthorized({
    principal: { type: "A", id: "a" },
    action: { type: "Action", id: "a" },
    resource: { type: "A", id: "a" },
    context: { ip: { __extn: { fn: "ip", arg: text } } },
    policies: { staticPolicies: "permit(principal, action, resource);" },
    entities: [],
  }).type === "success";

describe("an address", () => {
  it.each([
    [true, "203.0.113.7"],
    [true, "0.0.0.0"],
    [true, "2001:db8::1"],
    [true, "::"],
    [true, "::1"],
    [true, "1::"],
    [true, "1:2:3:4:5:6:7:8"],
    [false, "!"],
    [false, ""],
    [false, "256.1.1.1"],
    [false, "1.2.3"],
    [false, "01.2.3.4"],
    [false, "1.2.3.4/24"],
    [false, "::ffff:1.2.3.4"],
    [false, "fe80::1%eth0"],
    [false, "1:2:3:4:5:6:7"],
    [false, "1:2:3:4:5:6:7:8:9"],
    [false, "1::2::3"],
    [false, "12345::"],
    [false, "1:::2"],
  ])("%s: %s", (expected, text) => {
    expect(isIpAddress(text)).toBe(expected);
  });

  it("is one for Cedar as well, and for Node: none that is taken makes a decision fail", () => {
    const hex = fc.array(fc.constantFrom("", "0", "1", "f", "ab", "ffff", "12345", "g"), { maxLength: 9 });
    const text = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.ipV4(),
      fc.ipV6(),
      hex.map((groups) => groups.join(":")),
      fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 3, maxLength: 5 }).map((bytes) => bytes.join(".")),
    );
    fc.assert(
      fc.property(text, (given) => {
        if (isIpAddress(given)) expect([cedarTakes(given), isIP(given) > 0]).toEqual([true, true]);
        else expect(cedarTakes(given) && !given.includes("/")).toBe(false);
      }),
      { numRuns: 3_000 },
    );
  });
});
