import { writeFileSync } from "node:fs";
import { ClientError } from "../exit-codes.ts";
import type { Reporter } from "../reporter.ts";
import { confirmed } from "./confirm.ts";
import { loadAssumptions } from "./inspect-deployment.ts";
import type { OperatorOptions } from "./operator-options.ts";
import { loadPrinter } from "./print.ts";
import { coloured, table } from "./table.ts";

type Options = Pick<OperatorOptions<"config" | "yes" | "out" | "policy">, "form" | "option">;

/**
 * Runs `valetkey doctor --assumptions [--policy] [--yes] [--out <file>]`: tries what SECURITY.md assumes about AWS, with things that it makes and removes in the
 * account of the credentials at hand. Exit code 1 where something does not hold, or could not be removed.
 */
export async function assumptions(
  { form, option }: Options,
  env: NodeJS.ProcessEnv,
  report: Reporter,
): Promise<number> {
  const { config = "valetkey.json", yes = false, out, policy: isPolicy = false } = option;
  const print = await loadPrinter({ form });
  const checkout = await loadAssumptions(config, env);
  const { account, region, endpoint, isAws } = checkout.place;
  if (isPolicy) {
    process.stdout.write(`${JSON.stringify(checkout.rights, null, 2)}\n`);
    return 0;
  }
  const question = `make and remove roles, a bucket, a table, queues and an event bus called valetkey-assumption-* in account ${account}, ${region}, at ${endpoint}`;
  if (!yes && !(await confirmed(question)))
    throw new ClientError("usage", "usage", `nothing was made; say --yes: ${question}`);
  const told = await checkout.probe((what) => report.note("probing", what));
  if (out !== undefined) writeFileSync(out, `${JSON.stringify(told, null, 2)}\n`, { mode: 0o600 });
  print(told, () => described(told, isAws));
  for (const each of told.left)
    report.warn("left", `could not be removed, and has to be by hand: ${each}`, { left: each });
  return told.left.length > 0 || told.results.some(({ answer }) => answer === "does_not_hold") ? 1 : 0;
}

type Told = Awaited<ReturnType<Awaited<ReturnType<typeof loadAssumptions>>["probe"]>>;

const COLOURS = { holds: "green", does_not_hold: "red", not_known: "yellow", cannot_be_probed: "dim" } as const;

function described({ at, account, region, endpoint, results }: Told, isAws: boolean): string {
  const head = `Assumptions about AWS, tried ${at} in account ${account}, ${region}, at ${endpoint}\n`;
  const warning = isAws ? "" : "This endpoint is not AWS's: what holds here proves nothing about AWS.\n";
  const rows = table(
    ["assumption", "answer", "found"],
    results.map(({ id, answer, found }) => [id, answer.replaceAll("_", " "), found]),
  );
  const wrong = results.filter(({ answer }) => answer === "does_not_hold");
  const follows = wrong.map(
    ({ id, assumed, follows: then }) =>
      `${coloured(id, COLOURS.does_not_hold)}: assumed was that ${assumed}. It does not hold, so: ${then}.\n`,
  );
  return [head, warning, "\n", rows, ...(wrong.length > 0 ? ["\n", ...follows] : [])].join("");
}
