import { describe, expect, it } from "vitest";
import {
  compileSessionPolicy,
  MOST_DENIES,
  SESSION_POLICY_CHARACTERS,
} from "../../../../functions/core/policy/compile.ts";
import type { Permitted } from "../../../../functions/core/policy/decide.ts";
import { ACCOUNT, asPermitted, onObjects } from "./pairs.ts";

const FENCE = Date.parse("2026-11-24T12:15:00Z") / 1_000;
const [GET, PUT] = ["s3:GetObject", "s3:PutObject"] as const;
const bucket = (key: string) => `arn:aws:s3:::acme-${"x".repeat(50)}/${key}`;
const pii = (action: string, key: string): Permitted => ({
  ...asPermitted(onObjects(bucket(`${key}/*`), { action })),
  denies: [{ resources: [bucket(`${key}/*pii*`)], conditions: {} }],
});
const KEYS = Array.from({ length: 12 }, (_, n) => `reports-${n}`).sort();
const written = (
  permitted: readonly Permitted[],
  most?: number,
  also?: Parameters<typeof compileSessionPolicy>[1]["also"],
) => JSON.parse(compileSessionPolicy(permitted, { fenceAt: FENCE, also }, most).text).Statement;

describe("a session policy that would be too long", () => {
  it("leaves out what another of its rules covers, whatever its size", () => {
    const [wide, narrow] = [bucket("x/*"), bucket("x/a/*")];
    const denied = (...resources: string[]) => [{ resources, conditions: {} }];
    const permitted = [
      { ...asPermitted(onObjects(narrow)), denies: denied(bucket("x/a/*pii*")) },
      { ...asPermitted(onObjects(wide)), denies: denied(bucket("x/*pii*")) },
    ];
    expect(written(permitted).slice(0, 2)).toEqual([
      { Effect: "Allow", Action: GET, Resource: wide, Condition: { StringEquals: { "aws:ResourceAccount": ACCOUNT } } },
      { Effect: "Deny", Action: GET, Resource: bucket("x/*pii*") },
    ]);
  });

  it("has exactly the forbids for as long as that fits", () => {
    const statements = written(KEYS.slice(0, 3).map((key) => pii(GET, key)));
    expect(statements[1]).toEqual({
      Effect: "Deny",
      Action: GET,
      Resource: KEYS.slice(0, 3).map((key) => bucket(`${key}/*pii*`)),
    });
  });

  it("has them to the last character", () => {
    const permitted = [pii(GET, "a"), pii(GET, "b")];
    const { text, characters } = compileSessionPolicy(permitted, { fenceAt: FENCE });
    expect(compileSessionPolicy(permitted, { fenceAt: FENCE }, characters).text).toBe(text);
    expect(compileSessionPolicy(permitted, { fenceAt: FENCE }, characters - 1).characters).toBeLessThan(characters);
  });

  it("is written with wider Denies, which deny nothing that is allowed, and retains the Deny of other services", () => {
    const permitted = KEYS.flatMap((key) => [pii(GET, key), pii(PUT, key)]);
    expect(compileSessionPolicy(permitted, { fenceAt: FENCE }).characters).toBeLessThan(SESSION_POLICY_CHARACTERS);
    expect(written(permitted)).toMatchObject([
      { Effect: "Allow", Action: [GET, PUT], Resource: KEYS.map((key) => bucket(`${key}/*`)) },
      { Effect: "Deny", Action: "*", Resource: "arn:aws:s3:::*pii*" },
      { Effect: "Deny", Action: "*", Resource: "*" },
      { Effect: "Deny", NotAction: "s3:*" },
    ]);
  });

  it("loses the Deny of other services only where it is too long without a wider Deny too", () => {
    const permitted = KEYS.map((key) => pii(GET, key));
    const shortest = compileSessionPolicy(permitted, { fenceAt: FENCE }, 0).characters;
    const withGuard = shortest + `,{"Effect":"Deny","NotAction":"s3:*","Resource":"*"}`.length;
    const guard = (most: number) => written(permitted, most).some((each: object) => "NotAction" in each);
    expect([guard(withGuard), guard(withGuard - 1)]).toEqual([true, false]);
  });

  it("denies nothing that the session reads by itself", () => {
    const also = [{ Effect: "Allow" as const, Action: GET, Resource: [bucket("secret-pii"), bucket("b")] }];
    expect(written([pii(GET, "a"), pii(PUT, "a")], 0, also)).toMatchObject([
      { Effect: "Allow" },
      also[0],
      { Effect: "Deny", Action: "*", Resource: bucket("a/*pii*") },
      { Effect: "Deny", Action: "*", Resource: "*" },
    ]);
  });

  it("is not packed where its Allows alone are too long, since no Deny makes them shorter", () => {
    const permitted = Array.from({ length: 40 }, (_, n) => pii(GET, `reports-${n}`));
    const denies = written(permitted).filter(({ Effect }: { Effect: string }) => Effect === "Deny");
    expect(denies[0].Resource).toHaveLength(40);
  });

  it("is not packed where there are more Denies than can be compared in time", () => {
    const resources = Array.from({ length: MOST_DENIES + 1 }, (_, n) => bucket(`a/*${n}*`));
    const all = { resources: [bucket("a/*")], conditions: {} };
    const permitted = (denies: Permitted["denies"]) => [{ ...asPermitted(onObjects(bucket("a/*"))), denies }];
    const deniedOf = (from: number) =>
      written(permitted([all, { resources: resources.slice(from), conditions: {} }]))[1].Resource;
    expect(deniedOf(1)).toHaveLength(MOST_DENIES + 1);
    expect(deniedOf(2)).toBe(bucket("a/*"));
  });
});
