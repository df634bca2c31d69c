import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { switchOff } from "../../evidence/sensitivity.ts";
import { folderWith } from "../policy-tools/folder.ts";

const MODULES = fileURLToPath(new URL("../../../node_modules", import.meta.url));
const TEST = `import { expect, it } from "vitest";
import { isShut } from "./door.ts";
it("stays shut", () => expect(isShut()).toBe(true));
it("has a name", () => expect(isShut.name).toBe("isShut"));
it("is open", () => expect(isShut()).toBe(false));
`;
const DOOR = "export const isShut = () => 1 + 1 === 2;\n";

let folder = "";
beforeAll(() => {
  folder = folderWith({ "package.json": '{"type":"module"}', "door.ts": DOOR, "door.test.ts": TEST });
  symlinkSync(MODULES, join(folder, "node_modules"), "junction");
});

const off = (title: string, put = "3") =>
  switchOff({ test: `door.test.ts > ${title}`, without: { file: "door.ts", find: "2;", put: `${put};` } }, folder);

describe("a mechanism that is switched off", () => {
  it("turns its attack's test red", async () => {
    expect(await off("stays shut")).toBeUndefined();
  });

  it("is a fault where the test passes all the same", async () => {
    expect(await off("has a name")).toContain("passes though the mechanism is switched off");
  });

  it("is a fault where the test was red before, or does not exist", async () => {
    expect(await off("is open")).toContain("does not pass as the code is");
    expect(await off("is locked")).toContain("does not pass as the code is");
  });

  it("is a fault where the switch breaks the code: no test ran", async () => {
    expect(await off("stays shut", "(")).toContain("the switch breaks the code");
  });
});
