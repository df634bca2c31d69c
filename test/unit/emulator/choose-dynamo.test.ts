import { describe, expect, it } from "vitest";
import { chooseDynamo } from "../../../local/emulator/dynamodb/dynamo-backends.ts";
import { hasDynoxide } from "../../../local/emulator/dynamodb/dynoxide.ts";

describe("the DynamoDB of the embedded AWS", () => {
  it.each([
    [
      "the one at an endpoint, whatever else is set",
      { DYNAMODB_ENDPOINT: "http://127.0.0.1:8000", VALETKEY_DYNAMODB: "in-process" },
      { endpoint: "http://127.0.0.1:8000" },
    ],
    ["the one in this process where it is named", { VALETKEY_DYNAMODB: "in-process" }, "in-process"],
    ["dynoxide where it is named", { VALETKEY_DYNAMODB: "dynoxide" }, "dynoxide"],
    [
      "by itself dynoxide where it is installed, else the one in this process",
      { VALETKEY_DYNAMODB: "" },
      hasDynoxide() ? "dynoxide" : "in-process",
    ],
  ])("is %s", (_, env, chosen) => {
    expect(chooseDynamo(env)).toEqual(chosen);
  });

  it("is dynoxide on no other machine than Linux on x64", () => {
    expect(hasDynoxide("darwin", "arm64")).toBe(false);
    expect(hasDynoxide("win32", "x64")).toBe(false);
    expect(hasDynoxide("linux", "arm64")).toBe(false);
    expect(chooseDynamo({}, false)).toBe("in-process");
    expect(chooseDynamo({}, true)).toBe("dynoxide");
  });

  it("is refused where its name is none", () => {
    expect(() => chooseDynamo({ VALETKEY_DYNAMODB: "dynalite" })).toThrow("it takes dynoxide or in-process");
  });
});
