import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CEDAR_MODULE } from "../../infra/bundle-function.ts";
import { buildDeployment } from "../../infra/config/build-deployment.ts";
import { bundleOf } from "../bench/cold/bundle.ts";
import { folderWith } from "../unit/policy-tools/folder.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const folder = folderWith({});
const engine = join(folder, CEDAR_MODULE);
let index: string;
let whole: Buffer;

beforeAll(async () => {
  index = (await bundleOf(join(ROOT, "functions/exchange/handler.ts"), folder)).file;
  whole = readFileSync(engine);
  buildDeployment({
    configFile: join(ROOT, "local/valetkey.json"),
    policiesDir: join(ROOT, "policies"),
    outDir: join(folder, "deployment"),
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

/**
 * A cold start of the bundle in a process of its own, which gets two requests. Returns the lines that it writes, the
 * statuses last.
 */
function startAndAsk(): readonly unknown[] {
  const script = `
    const { handler } = await import(${JSON.stringify(pathToFileURL(index).href)});
    const ask = () => handler({ routeKey: "GET /.well-known/oauth-authorization-server", requestContext: {} }, {});
    console.log(JSON.stringify([(await ask()).statusCode, (await ask()).statusCode]));`;
  const env = {
    AWS_REGION: "us-east-1",
    VALETKEY_TABLE: "valetkey",
    VALETKEY_DEPLOYMENT: "./deployment",
    VALETKEY_BUS: "valetkey",
  };
  const lines = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd: folder,
    env,
    encoding: "utf8",
  });
  return lines
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe("the exchange as it is bundled", () => {
  it("serves where Cedar's module is whole", () => {
    writeFileSync(engine, whole);
    expect(startAndAsk()).toEqual([[200, 200]]);
  });

  it.each<[string, () => void]>([
    ["missing", () => rmSync(engine)],
    ["truncated", () => writeFileSync(engine, whole.subarray(0, whole.length / 2))],
    ["empty", () => writeFileSync(engine, "")],
    ["garbage", () => writeFileSync(engine, "canary")],
  ])("answers 503 where it is %s, and does not fail to start", (_, damage) => {
    writeFileSync(engine, whole);
    damage();
    const line = { level: "error", event: "deployment_broken", why: "engine_unavailable", what: "cedar" };
    expect(startAndAsk()).toEqual([line, [503, 503]]);
  });
});
