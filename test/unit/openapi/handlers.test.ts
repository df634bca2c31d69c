import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ROUTES } from "../../../functions/routes.ts";

/** `"POST /v1/token": (event) => tokenEndpoint(event, ports),` */
const WIRED = /^\s+"((?:GET|POST) [^"]+)": (.+),$/gm;

const wiredIn = (file: string): readonly (readonly [string | undefined, string | undefined])[] =>
  [...readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8").matchAll(WIRED)].map(
    ([, route, path]) => [route, path] as const,
  );

it("holds the document against the paths that the deployed handlers serve", () => {
  const functions = [...new Set<string>(ROUTES.map((route) => route.function))];
  const deployed = functions.flatMap((name) => wiredIn(`functions/${name}/handler.ts`));
  expect(deployed).toHaveLength(ROUTES.length);
  expect(Object.fromEntries(wiredIn("fakes/fake-service.ts"))).toEqual(Object.fromEntries(deployed));
});
