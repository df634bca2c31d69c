import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";
import { packagesIn, THIRD_PARTY, writeThirdParty } from "../../../tools/third-party.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "valetkey-licences-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes the licences of some installed packages, and returns the text. */
function written(...names: readonly string[]): string {
  writeThirdParty(
    folder,
    names.map((name) => `node_modules/${name}`),
  );
  return readFileSync(join(folder, THIRD_PARTY), "utf8");
}

describe("the licences of what is bundled", () => {
  it("are of the packages whose code a bundle holds, and of no other", async () => {
    const contents = 'import { stringify } from "yaml"; import { object } from "valibot"; console.log(stringify({}));';
    const stdin = { contents, resolveDir: ROOT };
    const { metafile } = await build({ stdin, absWorkingDir: ROOT, bundle: true, write: false, metafile: true });
    expect(packagesIn(metafile)).toEqual(["node_modules/yaml"]);
  });

  it("are listed with the text of each package, equal texts once", () => {
    const text = written("postgres-date", "yaml", "postgres-array");
    expect(text).toMatch(/^yaml [\d.]+ \(ISC\)$/m);
    expect(text).toContain("Copyright Eemeli Aro");
    expect(text).toMatch(/^postgres-array [\d.]+ \(MIT\)\npostgres-date [\d.]+ \(MIT\)$/m);
  });

  it("come from the README where a package has no file of its licence", () => {
    expect(written("pg-types")).toContain("Copyright (c) 2014 Brian M. Carlson");
    const middy = written("@middy/core");
    expect(middy).toMatch(/Copyright \(c\) 2017-\d{4}/);
    expect(middy).toContain("Permission is hereby granted");
    expect(written("@aws-sdk/nested-clients")).toContain("Apache License");
  });

  it("stop the build where a package has no text", () => {
    expect(() => writeThirdParty(folder, ["test/unit/scripts/unlicensed"])).toThrow(/no text of its licence/);
  });

  it("are the project's own in the Python package, too", () => {
    expect(readFileSync(join(ROOT, "python/LICENSE"), "utf8")).toBe(readFileSync(join(ROOT, "LICENSE"), "utf8"));
  });
});
