import { cpSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { synthesise } from "../../../client/doctor/synthesise.ts";
import { folderWith } from "../policy-tools/folder.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** Files that `cdk deploy` reads in the checkout, with the times of their last change. */
const built = () =>
  ["build/deployment/manifest.json", "build/console/site.json"].map(
    (file) => statSync(join(ROOT, file), { throwIfNoEntry: false })?.mtimeMs,
  );

it("a synthesis to look at changes nothing that a deployment of the checkout is about to use", async () => {
  const config = JSON.parse(readFileSync(join(ROOT, "valetkey.json"), "utf8"));
  const own = { url: "https://other.example.com", operators: [{ issuer: "staff", subject: "olivia" }] };
  const folder = folderWith({ "valetkey.json": JSON.stringify({ ...config, ...own }) });
  cpSync(join(ROOT, "policies"), join(folder, "policies"), { recursive: true });
  const before = built();
  const templates = await synthesise({
    configFile: join(folder, "valetkey.json"),
    policiesDir: join(folder, "policies"),
    isBundled: false,
  });
  expect(templates.has("valetkey-hub")).toBe(true);
  expect(built()).toEqual(before);
});
