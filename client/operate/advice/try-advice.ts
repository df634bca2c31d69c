import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClientError } from "../../exit-codes.ts";

/** Policy to try beside those of a folder. */
interface AdvisedPolicy {
  readonly agent: string;
  readonly cedar: string;
  readonly policies: string;
  readonly config: string | undefined;
}

/** JSON of `valetkey policy test`. */
interface Report {
  readonly cases: number;
  readonly folders: readonly {
    readonly undecided: readonly string[];
    readonly cases: readonly {
      readonly file: string;
      readonly line: number;
      readonly title: string;
      readonly passed: boolean;
    }[];
  }[];
}

/**
 * Runs the cases of a folder without and with a further policy, on a copy.
 * @throws {ClientError} usage for an unreadable folder, one without cases, an unusable policy, or where the policy tools are missing.
 */
export async function tryAdvice({ agent, cedar, policies, config }: AdvisedPolicy) {
  const folder = mkdtempSync(join(tmpdir(), "valetkey-advice-"));
  try {
    const copy = join(folder, "policies");
    copyFolder(policies, copy);
    const before = await tested(copy, config);
    writeFileSync(join(copy, `advice-${agent}.cedar`), cedar);
    const after = await tested(copy, config);
    const passed = new Set(
      before.folders
        .flatMap(({ cases }) => cases)
        .filter((each) => each.passed)
        .map(nameOf),
    );
    const broken = after.folders
      .flatMap(({ cases }) => cases)
      .filter((each) => !each.passed && passed.has(nameOf(each)))
      .map(nameOf);
    const isDecided = !after.folders.some(({ undecided }) => undecided.includes(`advice-${agent}`));
    return { cases: after.cases, broken, isDecided };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function copyFolder(from: string, to: string): void {
  try {
    cpSync(from, to, { recursive: true });
  } catch {
    throw new ClientError("usage", "usage", `${from} cannot be read`);
  }
}

const nameOf = ({ file, line, title }: Report["folders"][number]["cases"][number]): string =>
  `${file}:${line}: ${title}`;

/** Runs `valetkey policy test`. @throws {ClientError} usage without a checkout or without cases, or for a policy with an error. */
async function tested(folder: string, config: string | undefined): Promise<Report> {
  const { policy } = await import("../../policy/main.ts").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new ClientError(
      "usage",
      "no_workbench",
      `the workbench for policies is in @valetkey/deploy: run npx valetkey in the folder of the deployment (\`valetkey init\` makes one)`,
    );
  });
  const output = { out: "", err: "" };
  const screen = {
    out: (text: string) => {
      output.out += text;
    },
    err: (text: string) => {
      output.err += text;
    },
  };
  await policy(["test", folder, "--json", ...(config === undefined ? [] : ["--config", config])], screen);
  if (output.err !== "") throw new ClientError("usage", "not_tested", output.err.trim());
  return JSON.parse(output.out);
}
