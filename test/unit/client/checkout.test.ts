import { describe, expect, it } from "vitest";
import { checkoutOf } from "../../../client/files/checkout.ts";

const env = { VALETKEY_CONFIG: "local/valetkey.json", VALETKEY_POLICIES: "build/policies" };

describe("the files of the deployment that a command reads", () => {
  it.each([
    [{}, {}, { config: "valetkey.json", policies: "policies" }],
    [{}, { VALETKEY_CONFIG: "", VALETKEY_POLICIES: "" }, { config: "valetkey.json", policies: "policies" }],
    [{}, env, { config: "local/valetkey.json", policies: "build/policies" }],
    [{ config: "mine.json" }, env, { config: "mine.json", policies: "build/policies" }],
    [{ policies: "mine" }, env, { config: "local/valetkey.json", policies: "mine" }],
  ])("with %j and %j are %j", (options, variables, files) => {
    expect(checkoutOf(options, variables)).toEqual(files);
  });
});
