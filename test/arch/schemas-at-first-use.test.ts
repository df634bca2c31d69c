import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { FUNCTIONS } from "../../contract/names.ts";
import { loadedWith } from "./loaded-with.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Functions that read bodies by the contract. The others would pay for its library at each cold start. */
const READERS = ["operate", "recheck", "register", "explain"];

/** Files that import the library for schemas, of all that are loaded with a file. */
const withLibrary = (file: string): readonly string[] =>
  [...loadedWith(file)].filter((each) =>
    /^import (?!type).* from "valibot";$/m.test(readFileSync(`${ROOT}${each}`, "utf8")),
  );

it("Only the functions that read bodies by the contract load its library", () => {
  const loading = FUNCTIONS.filter((name) => withLibrary(`functions/${name}/handler.ts`).length > 0);
  expect(loading).toEqual(READERS);
});

it("The command and the console know the types of the contract, and load no library", () => {
  expect(loadedWith("client/operate/incident/accounts.ts").size).toBeGreaterThan(5);
  expect([...withLibrary("client/operate/incident/accounts.ts"), ...withLibrary("console/main.tsx")]).toEqual([]);
});
