import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readPolicies } from "../../functions/adapters/cedar/read-policies.ts";
import { readCatalogue, readDeployment } from "../../functions/adapters/files/read-deployment.ts";
import { DeploymentBundle } from "../../functions/adapters/files/shipped-files.ts";
import { BrokenDeployment } from "../../functions/core/deployment/broken-deployment.ts";
import { MANIFEST, manifestOf } from "../../functions/core/deployment/manifest.ts";
import type { HttpAnswer, HttpEvent } from "../../functions/http/event.ts";
import { DEFAULT_ROUTE, ROUTES } from "../../functions/routes.ts";
import { buildDeployment } from "../../infra/config/build-deployment.ts";
import { httpEvent } from "../fakes/world/world.ts";
import { folderWith } from "../unit/policy-tools/folder.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const WHOLE = folderWith({});
const { hash } = buildDeployment({
  configFile: join(ROOT, "local/valetkey.json"),
  policiesDir: join(ROOT, "policies"),
  outDir: WHOLE,
});
const FILES = ["deployment.json", "policies.json", "catalogue.ndjson", MANIFEST];
/** File that the exchange alone reads of these: what people have to accept before anything is vended in production. */
const THREATS = "threat.json";
const folders: string[] = [WHOLE];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** Text in every broken file: a leak of contents would show it. */
const CANARY = "canary-of-a-broken-file";

const DAMAGE: Readonly<Record<string, (file: string) => void>> = {
  missing: (file) => rmSync(file),
  empty: (file) => writeFileSync(file, ""),
  truncated: (file) => {
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, bytes.length / 2));
  },
  garbage: (file) => writeFileSync(file, `{"${CANARY}": ]`),
  "valid, and another": (file) => writeFileSync(file, JSON.stringify({ [CANARY]: [], files: {}, hash: "0" })),
  "altered by one byte": (file) => {
    const bytes = readFileSync(file);
    const at = Math.floor(bytes.length / 3);
    writeFileSync(file, bytes.with(at, bytes[at] === 0x41 ? 0x42 : 0x41));
  },
  "a folder": (file) => {
    rmSync(file);
    mkdirSync(file);
  },
};
const BROKEN = FILES.flatMap((file) => Object.keys(DAMAGE).map((damage) => ({ file, damage })));

function damaged({ file, damage }: { readonly file: string; readonly damage: string }): string {
  const folder = folderWith({});
  folders.push(folder);
  cpSync(WHOLE, folder, { recursive: true });
  DAMAGE[damage]?.(join(folder, file));
  return folder;
}

type Handler = (event: HttpEvent, context: unknown) => Promise<HttpAnswer>;
const DECIDING = ["exchange", "tasks", "operate", "register"] as const;

let starts = 0;

/**
 * Starts a function anew. Its handler reads the environment and the deployment at import, and each query string is a
 * module of its own.
 */
async function start(name: string): Promise<Handler> {
  starts += 1;
  return (await import(`../../functions/${name}/handler.ts?start=${starts}`)).handler;
}

const written: string[] = [];
beforeEach(() => {
  written.length = 0;
  vi.spyOn(process.stdout, "write").mockImplementation((text) => written.push(String(text)) > 0);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("VALETKEY_TABLE", "valetkey");
  vi.stubEnv("VALETKEY_BUS", "valetkey");
  vi.stubEnv(
    "VALETKEY_REVOCATION_QUEUE_URL",
    "https://sqs.us-east-1.amazonaws.com/111122223333/valetkey-revocations.fifo",
  );
  vi.stubEnv("VALETKEY_PROBES_URL", "https://sqs.us-east-1.amazonaws.com/111122223333/valetkey-probes");
  vi.stubEnv(
    "VALETKEY_LEASE_REVOCATION_QUEUE_URL",
    "https://sqs.us-east-1.amazonaws.com/111122223333/valetkey-lease-revocations.fifo",
  );
  vi.stubEnv("VALETKEY_NOTICES_URL", "https://sqs.us-east-1.amazonaws.com/111122223333/valetkey-notices");
  vi.stubEnv("VALETKEY_DEADLINES_URL", "https://sqs.us-east-1.amazonaws.com/111122223333/valetkey-deadlines");
  vi.stubEnv("VALETKEY_RECHECKS_URL", "https://sqs.us-east-1.amazonaws.com/111122223333/valetkey-rechecks");
  vi.stubEnv("VALETKEY_DEPLOYMENT", WHOLE);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const lines = () => written.map((text) => JSON.parse(text));

async function expectBroken(name: (typeof DECIDING)[number], why: unknown): Promise<void> {
  const handler = await start(name);
  const routes = ROUTES.filter((route) => route.function === name).map(({ method, path }) => `${method} ${path}`);
  for (const route of [...routes, DEFAULT_ROUTE.key, "__proto__"]) {
    const { statusCode, headers, body } = await handler({ ...httpEvent("POST /v1/token"), routeKey: route }, {});
    expect([route, statusCode, headers["retry-after"]]).toEqual([route, 503, "10"]);
    expect(JSON.parse(body)).toMatchObject({
      error: "temporarily_unavailable",
      error_description:
        "This deployment is broken and answers nothing; nothing was issued, and its operators have to look.",
      code: "deployment_broken",
    });
    expect(body).not.toContain(CANARY);
  }
  // One attempt, however many are refused.
  expect(lines()).toEqual([{ level: "error", event: "deployment_broken", why, what: expect.any(String) }]);
  expect(written.join("")).not.toContain(CANARY);
  written.length = 0;
}

describe("a deployment that cannot be loaded refuses everything", () => {
  it.each(BROKEN)("where $file is $damage: 503 on every route of every function", async (broken) => {
    vi.stubEnv("VALETKEY_DEPLOYMENT", damaged(broken));
    for (const name of DECIDING)
      await expectBroken(name, expect.stringMatching(/^(file_missing|file_altered|manifest_unreadable)$/));
  });

  it.each(Object.keys(DAMAGE))("where threat.json is %s: 503 on every route of the exchange", async (damage) => {
    vi.stubEnv("VALETKEY_DEPLOYMENT", damaged({ file: THREATS, damage }));
    await expectBroken("exchange", expect.stringMatching(/^(file_missing|file_altered)$/));
  });

  it("where the whole folder is missing", async () => {
    vi.stubEnv("VALETKEY_DEPLOYMENT", join(WHOLE, "nowhere"));
    for (const name of DECIDING) await expectBroken(name, "file_missing");
  });

  it.each(["VALETKEY_TABLE", "VALETKEY_DEPLOYMENT"])("where %s is not set", async (variable) => {
    vi.stubEnv(variable, undefined);
    for (const name of DECIDING) await expectBroken(name, "variable_missing");
    vi.stubEnv(variable, "");
    for (const name of DECIDING) await expectBroken(name, "variable_missing");
  });

  it("where what was built holds a policy that does not parse", async () => {
    const folder = rebuilt({
      "policies.json": JSON.stringify({
        policies: [{ id: "x", effect: "permit", annotations: {}, text: `permit (${CANARY}` }],
        claims: [],
      }),
    });
    vi.stubEnv("VALETKEY_DEPLOYMENT", folder);
    for (const name of DECIDING) await expectBroken(name, "policies_refused");
  });

  it("where one file is of another build, though whole in itself", async () => {
    const folder = rebuilt({ "policies.json": JSON.stringify({ policies: [], claims: [] }) });
    copyFileSync(join(WHOLE, "policies.json"), join(folder, "policies.json"));
    vi.stubEnv("VALETKEY_DEPLOYMENT", folder);
    for (const name of DECIDING) await expectBroken(name, "file_altered");
  });

  it("a whole deployment is served", async () => {
    const handler = await start("exchange");
    expect(await handler(httpEvent("GET /.well-known/oauth-authorization-server"), {})).toMatchObject({
      statusCode: 200,
    });
    expect(written).toEqual([]);
  });
});

/** A deployment with another file, and a manifest that fits. */
function rebuilt(changed: Readonly<Record<string, string>>): string {
  const contents = Object.fromEntries(
    [...FILES, THREATS]
      .filter((name) => name !== MANIFEST)
      .map((name) => [name, changed[name] ?? readFileSync(join(WHOLE, name), "utf8")]),
  );
  const folder = folderWith({ ...contents, [MANIFEST]: JSON.stringify(manifestOf(contents)) });
  folders.push(folder);
  return folder;
}

describe("a function without HTTP does not start with a broken deployment, so that its trigger tries again and its alarm rings", () => {
  it.each(["sweep", "intake", "reconcile", "revoke-leases", "probe"])("%s", async (name) => {
    for (const broken of BROKEN.filter(({ file }) => [MANIFEST, "deployment.json"].includes(file))) {
      vi.stubEnv("VALETKEY_DEPLOYMENT", damaged(broken));
      const failure = await start(name).catch((error: unknown) => error);
      expect(failure).toMatchObject({ name: "BrokenDeployment", message: expect.stringMatching(/^\w+: [\w.]+$/) });
    }
  });

  it.each([
    ["sweep", "VALETKEY_TABLE"],
    ["sweep", "VALETKEY_DEPLOYMENT"],
    ["sweep", "VALETKEY_REVOCATION_QUEUE_URL"],
    ["reconcile", "VALETKEY_TABLE"],
    ["reconcile", "VALETKEY_DEPLOYMENT"],
    ["intake", "VALETKEY_TABLE"],
    ["intake", "VALETKEY_DEPLOYMENT"],
    ["relay", "VALETKEY_REVOCATION_QUEUE_URL"],
    ["relay", "VALETKEY_BUS"],
    ["sweep", "VALETKEY_LEASE_REVOCATION_QUEUE_URL"],
    ["relay", "VALETKEY_LEASE_REVOCATION_QUEUE_URL"],
    ["relay", "VALETKEY_PROBES_URL"],
    ["probe", "VALETKEY_TABLE"],
    ["probe", "VALETKEY_DEPLOYMENT"],
    ["relay", "VALETKEY_DEADLINES_URL"],
    ["relay", "VALETKEY_NOTICES_URL"],
    ["relay", "VALETKEY_RECHECKS_URL"],
    ["notify", "VALETKEY_TABLE"],
    ["notify", "VALETKEY_DEPLOYMENT"],
    ["revoke-leases", "VALETKEY_DEADLINES_URL"],
    ["revoke-leases", "VALETKEY_TABLE"],
    ["revoke-leases", "VALETKEY_DEPLOYMENT"],
  ])("%s without %s", async (name, variable) => {
    vi.stubEnv(variable, undefined);
    await expect(start(name)).rejects.toMatchObject({ message: `variable_missing: ${variable}` });
  });

  it.each(["sweep", "intake", "reconcile", "relay", "revoke-leases", "probe"])(
    "%s starts with a whole one",
    async (name) => {
      expect(await start(name)).toBeTypeOf("function");
    },
  );
});

describe("the deployed files", () => {
  const load = async (folder: string) => {
    const shipped = new DeploymentBundle(folder);
    readDeployment(shipped);
    readCatalogue(shipped);
    return readPolicies(shipped);
  };

  it("is known by the hash that each decision records", async () => {
    expect((await load(WHOLE)).hash).toBe(hash);
    const other = rebuilt({ "catalogue.ndjson": readFileSync(join(WHOLE, "catalogue.ndjson"), "utf8").trimEnd() });
    expect(new DeploymentBundle(other).hash).not.toBe(hash);
  });

  it("is not loaded where any byte of any file is another", async () => {
    const folder = damaged({ file: "", damage: "" });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...FILES), fc.nat(), fc.integer({ min: 1, max: 255 }), async (name, at, by) => {
        const whole = readFileSync(join(WHOLE, name));
        const place = at % whole.length;
        writeFileSync(join(folder, name), whole.with(place, (whole[place] ?? 0) ^ by));
        await expect(load(folder)).rejects.toBeInstanceOf(BrokenDeployment);
        writeFileSync(join(folder, name), whole);
      }),
      { numRuns: 150 },
    );
    expect((await load(folder)).hash).toBe(hash);
  });

  it("holds no file that the manifest does not name", () => {
    writeFileSync(join(damaged({ file: "", damage: "" }), "extra.json"), "{}");
    expect(() => new DeploymentBundle(folders.at(-1) ?? "").text("extra.json")).toThrow("file_altered: extra.json");
  });
});
