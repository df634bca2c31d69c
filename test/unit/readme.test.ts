import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { PRESETS } from "../../functions/core/identity/presets.ts";
import { REFUSALS } from "../../functions/core/refusal.ts";
import { FUNCTIONS } from "../../functions/names.ts";
import { ROUTES } from "../../functions/routes.ts";
import { API_URL, PORTS } from "../../local/ports.ts";

const read = (file: string): string => readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), "utf8");
const README = read("README.md");

/** The rows of the table whose header begins so, each as its cells. */
function table(text: string, header: string): readonly (readonly string[])[] {
  const lines = text.split("\n");
  const from = lines.findIndex((line) => line.startsWith(header));
  const rows = lines.slice(from + 2);
  return rows
    .slice(
      0,
      rows.findIndex((line) => !line.startsWith("|")),
    )
    .map((row) =>
      row
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

describe("README", () => {
  it("lists every route as the route table has it", () => {
    expect(table(README, "| route | accepts")).toEqual(
      ROUTES.map(({ method, path, accepts, summary }) => [`\`${method} ${path}\``, accepts, summary]),
    );
  });

  it("lists the steps of a request in the order of exchange.ts", () => {
    const source = read("functions/exchange/exchange.ts");
    const body = source.slice(source.indexOf("export async function exchange"));
    const places = table(README, "| step | turns").map(([step = ""]) => body.indexOf(`${step.replaceAll("`", "")}(`));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  it("explains only errors that exist", () => {
    const named = table(README, "| you see | it means").flatMap(([cell = ""]) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name),
    );
    const known = new Set<string>(Object.entries(REFUSALS).flatMap(([code, [, error]]) => [code, error]));
    expect(named.filter((name) => !known.has(name))).toEqual([]);
    expect(named.length).toBeGreaterThan(8);
  });

  it("lists every preset with its pin and how often a token may be used", () => {
    const rows = table(README, "| preset | issuer").map(([preset, , pin, use]) => [preset, pin, use]);
    expect(rows).toEqual(
      Object.entries(PRESETS).map(([name, { pin, replay }]) => [
        `\`${name}\``,
        `\`${pin}\``,
        replay.mode === "window" ? `until it expires, ${replay.cap} times` : "once",
      ]),
    );
  });

  it("names the ports on which npm start serves", () => {
    expect(README).toContain(API_URL);
    for (const port of Object.values(PORTS)) expect(README).toContain(`127.0.0.1:${port}`);
  });

  it.each(["README.md", "CONTRIBUTING.md", "SECURITY.md"])("%s links to files that exist", (file) => {
    const links = [...read(file).matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, link = ""]) => link);
    expect(links.filter((link) => !existsSync(fileURLToPath(new URL(`../../${link}`, import.meta.url))))).toEqual([]);
  });
});

describe("docs/architecture.md", () => {
  it("lists every function", () => {
    const names = table(read("docs/architecture.md"), "| function | reached by").map(([name]) => name);
    expect(names).toEqual(FUNCTIONS.map((name) => `\`${name}\``));
  });
});
