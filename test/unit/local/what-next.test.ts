import { isAbsolute } from "node:path";
import { expect, it } from "vitest";
import type { Cloud } from "../../../local/cloud/start-cloud.ts";
import { terminalOf } from "../../../local/what-next.ts";

it("exports whole paths, which hold in every folder", () => {
  const cloud = {
    aws: { endpoint: "http://127.0.0.1:4566", region: "us-east-1" },
    targetAccount: "111122223333",
    configFile: `${process.cwd()}/build/local.json`,
    policiesDir: `${process.cwd()}/build/policies`,
    agents: { tokenUri: "http://127.0.0.1:4567/token" },
  } as unknown as Cloud;
  const { VALETKEY_CONFIG = "", VALETKEY_POLICIES = "" } = terminalOf(cloud, "http://127.0.0.1:4568");
  expect([VALETKEY_CONFIG, VALETKEY_POLICIES].map(isAbsolute)).toEqual([true, true]);
});
