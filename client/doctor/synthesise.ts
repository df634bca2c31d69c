import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** CloudFormation template, with the parts that the checks read. */
export interface StackTemplate {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value?: unknown }>>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** Returns the template that this checkout would deploy as a stack; undefined where the build fails. Builds once, at the first call. */
export type TemplateOf = (stack: string) => Promise<StackTemplate | undefined>;

/** The CDK app. An installed package has the app beside this code, in JavaScript. */
const APP = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../../infra/app.ts" : "./app.mjs", import.meta.url),
);
const TIMEOUT_MS = 180_000;

/**
 * Synthesises this checkout's templates in a temporary folder, as `cdk deploy` would; the result is by the stacks'
 * names. Takes some seconds.
 * @param from files of the deployment. `isBundled: false` leaves out the functions' code, whose hashes are in the
 * templates.
 * @throws {Error} where the checkout cannot be built.
 */
export async function synthesise(from: {
  readonly configFile: string;
  readonly policiesDir: string;
  readonly isBundled?: boolean;
}): Promise<ReadonlyMap<string, StackTemplate>> {
  const dir = mkdtempSync(join(tmpdir(), "valetkey-synth-"));
  try {
    const context = {
      "valetkey:config": from.configFile,
      "valetkey:policies": from.policiesDir,
      "valetkey:out": join(dir, "deployment"),
      "valetkey:lock": "look",
      ...(from.isBundled === false ? { "aws:cdk:bundling-stacks": [] } : {}),
    };
    const env = {
      ...process.env,
      CDK_OUTDIR: join(dir, "cdk.out"),
      CDK_CONTEXT_JSON: JSON.stringify(context),
      // The templates are only compared. CDK's validation takes longer than everything else, and `cdk deploy` runs it.
      CDK_VALIDATION: "false",
    };
    await promisify(execFile)(process.execPath, [APP], { env, timeout: TIMEOUT_MS });
    const ending = ".template.json";
    return new Map(
      readdirSync(join(dir, "cdk.out"))
        .filter((name) => name.endsWith(ending))
        .map((name) => [
          name.slice(0, -ending.length),
          JSON.parse(readFileSync(join(dir, "cdk.out", name), "utf8")) as StackTemplate,
        ]),
    );
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
