import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import tsconfig from "../../tsconfig.json" with { type: "json" };
import { foldersWithSources } from "./imports-below.ts";

it("every folder with TypeScript is in tsconfig.json, or has a configuration of its own", () => {
  const own = foldersWithSources().filter((folder) =>
    existsSync(new URL(`../../${folder}/tsconfig.json`, import.meta.url)),
  );
  expect([...tsconfig.include, ...own].toSorted()).toEqual([...foldersWithSources(), "*.ts"].toSorted());
});
