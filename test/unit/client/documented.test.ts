import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../../client/commands.ts";
import { EXIT_CODES } from "../../../client/exit-codes.ts";

const README = readFileSync(fileURLToPath(new URL("../../../docs/client.md", import.meta.url)), "utf8");

const CLIENT = fileURLToPath(new URL("../../../client/", import.meta.url));

describe("docs/client.md", () => {
  it("lists every exit code as the client has it", () => {
    const rows = [...README.matchAll(/^\| (\d+) \| (.*) \|$/gm)].map(([, code, meaning]) => [Number(code), meaning]);
    expect(rows).toEqual(Object.values(EXIT_CODES));
  });

  it("has every command under a heading", () => {
    const named = [...README.matchAll(/^### (.*)$/gm)].flatMap(([, heading = ""]) => heading.split(" and "));
    expect(named.filter((name) => name !== "In a program").toSorted()).toEqual(Object.keys(COMMANDS).toSorted());
  });

  it("names no variable that the client does not know", () => {
    const sources = readdirSync(CLIENT, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
    const known = sources.map((name) => readFileSync(`${CLIENT}${name}`, "utf8")).join("");
    const named = [...README.matchAll(/VALETKEY_[A-Z_]+/g)].map(([name]) => name);
    expect(named.filter((name) => !known.includes(name) && name !== "VALETKEY_CREDENTIALS_AWS_")).toEqual([]);
  });
});
