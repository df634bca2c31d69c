import { describe, expect, it } from "vitest";
import { checkoutOf, configFor } from "../../../client/files/checkout.ts";

const env = { VALETKEY_CONFIG: "local/valetkey.json", VALETKEY_POLICIES: "policies/examples" };

describe("the files of the deployment that a command reads", () => {
  it.each([
    [{}, {}, { config: "valetkey.json", policies: "policies" }],
    [{}, { VALETKEY_CONFIG: "", VALETKEY_POLICIES: "" }, { config: "valetkey.json", policies: "policies" }],
    [{}, env, { config: "local/valetkey.json", policies: "policies/examples" }],
    [{ config: "mine.json" }, env, { config: "mine.json", policies: "policies/examples" }],
    [{ policies: "mine" }, env, { config: "local/valetkey.json", policies: "mine" }],
    [{ config: "mine.json" }, { VALETKEY_CONFIG: "gone.json" }, { config: "mine.json", policies: "policies" }],
  ])("with %j and %j are %j", (options, variables, files) => {
    expect(checkoutOf(options, variables)).toEqual(files);
  });

  it.each([
    ["VALETKEY_CONFIG", "gone.json"],
    ["VALETKEY_POLICIES", "gone"],
  ])("are refused with the name of %s where nothing is at its path", (variable, path) => {
    expect(() => checkoutOf({}, { ...env, [variable]: path })).toThrow(
      `${variable} names ${path}, which does not exist`,
    );
  });
});

describe("the file of VALETKEY_CONFIG", () => {
  it.each<[readonly string[], NodeJS.ProcessEnv, string | undefined]>([
    [["policies/examples/"], env, "local/valetkey.json"],
    [["policies"], { VALETKEY_CONFIG: "local/valetkey.json" }, "local/valetkey.json"],
    [["policies"], env, undefined],
    [["policies/examples", "policies"], env, undefined],
    [["policies"], {}, undefined],
  ])("for %j with %j is %s", (folders, variables, config) => {
    expect(configFor(folders, variables)).toBe(config);
  });
});
