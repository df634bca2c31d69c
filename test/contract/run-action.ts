import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startProcess } from "./package/start-process.ts";

type Values = Readonly<Record<string, string>>;

/** Result of a step that used the action. */
export interface Step {
  readonly code: number | null;
  readonly stdout: string;
  /** Variables and folders that later steps get. */
  readonly env: Values;
  readonly path: readonly string[];
  readonly outputs: Values;
  /** Runs the action's `post`, with the state that `main` left. */
  post(): Promise<{ readonly code: number | null; readonly stdout: string }>;
}

const ACTION = fileURLToPath(new URL("../../action/", import.meta.url));

/**
 * Runs the action as a runner does: inputs as `INPUT_*` with the metadata's defaults, and files for a step's outputs.
 * Source: "Metadata syntax" and "Workflow commands", GitHub Actions.
 * @param defaults of the inputs in `action.yml`.
 */
export async function runAction(inputs: Values, defaults: Values, env: Values): Promise<Step> {
  const folder = mkdtempSync(join(tmpdir(), "valetkey-runner-"));
  const file = (name: string) => join(folder, name);
  const files = {
    RUNNER_TEMP: folder,
    GITHUB_ENV: file("env"),
    GITHUB_STATE: file("state"),
    GITHUB_OUTPUT: file("output"),
    GITHUB_PATH: file("path"),
  };
  const given = Object.entries({ ...defaults, ...inputs }).map(([name, value]) => [
    `INPUT_${name.toUpperCase()}`,
    value,
  ]);
  const whole = { ...env, ...files, ...Object.fromEntries(given) };
  const main = await startProcess(process.execPath, [join(ACTION, "main.ts")], whole);
  const state = valuesIn(files.GITHUB_STATE);
  return {
    code: main.code,
    stdout: main.stdout + main.stderr,
    env: valuesIn(files.GITHUB_ENV),
    outputs: valuesIn(files.GITHUB_OUTPUT),
    path: existsSync(files.GITHUB_PATH) ? readFileSync(files.GITHUB_PATH, "utf8").trim().split("\n") : [],
    post: () => {
      const states = Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]);
      return startProcess(process.execPath, [join(ACTION, "post.ts")], { ...whole, ...Object.fromEntries(states) });
    },
  };
}

/** Reads a file of `name<<delimiter` blocks. */
function valuesIn(path: string): Values {
  if (!existsSync(path)) return {};
  const blocks = readFileSync(path, "utf8").matchAll(/^(\w+)<<(.+)\n([\s\S]*?)\n\2$/gm);
  return Object.fromEntries([...blocks].map(([, name, , value]) => [name, value]));
}
