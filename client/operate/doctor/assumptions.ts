import { closeSync, openSync, rmSync, writeFileSync } from "node:fs";
import { escapedJson } from "../../../contract/decision/escaped-json.ts";
import { ClientError } from "../../exit-codes.ts";
import { checkoutOf } from "../../files/checkout.ts";
import { ownVersion } from "../../own-version.ts";
import { codeOfSignal } from "../../process/child.ts";
import { Signals } from "../../process/signals.ts";
import type { Reporter } from "../../reporter.ts";
import { confirmed } from "../confirm.ts";
import type { OperatorOptions } from "../operator-options.ts";
import { loadPrinter } from "../print/print.ts";
import { joined, type Shown, shown } from "../print/shown.ts";
import { coloured, table } from "../print/table.ts";
import { loadAssumptions } from "./inspect-deployment.ts";

type AssumptionReport = Awaited<ReturnType<Awaited<ReturnType<typeof loadAssumptions>>["probe"]>>;
type Options = Pick<OperatorOptions<"config" | "yes" | "out" | "policy">, "form" | "option">;

/**
 * Runs `valetkey doctor --assumptions [--policy] [--yes] [--out <file>]`: tests what SECURITY.md assumes about AWS. Makes resources for it in the account
 * of the credentials at hand, and removes them. Exit code 1 where an assumption that valetkey needs does not hold, or a resource could not be removed;
 * 128 + n after signal n.
 */
export async function assumptions(
  { form, option }: Options,
  env: NodeJS.ProcessEnv,
  report: Reporter,
): Promise<number> {
  const { yes = false, out, policy: isPolicy = false } = option;
  const { config } = checkoutOf(option, env);
  const print = await loadPrinter({ form });
  const checkout = await loadAssumptions(config, env);
  const { account, region, endpoint, isAws } = checkout.place;
  if (isPolicy) {
    report.note(
      "rights",
      "with these rights anybody can make roles, and so become an administrator: grant them for the run only",
    );
    process.stdout.write(`${JSON.stringify(checkout.rights, null, 2)}\n`);
    return 0;
  }
  const question = `make and remove roles, policies, buckets, a table, queues, an event bus, a secret and a stack called valetkey-assumption-* in account ${account}, ${region}, at ${endpoint}`;
  if (!yes && !(await confirmed(question)))
    throw new ClientError("usage", "usage", `nothing was made; give --yes: ${question}`);
  // Opens the file before anything is made, so that the report minutes later has a place.
  const file = out === undefined ? undefined : newFile(out);
  const signals = new Signals({ isTerminal: process.stdin.isTTY, isNpx: env.npm_lifecycle_event === "npx" });
  const interruption = new AbortController();
  void signals.first().then(() => {
    report.warn("interrupted", "stopping: removing everything that was made, which can take a minute");
    interruption.abort();
  });
  try {
    const result = await checkout.probe({
      say: (what: string) => report.note("probing", what),
      version: ownVersion(),
      signal: interruption.signal,
    });
    file?.keep(result);
    print(result, () => described(result, isAws));
    for (const each of result.left)
      report.warn("left", `could not be removed, so remove it by hand: ${each}`, { left: each });
    if (signals.received) return codeOfSignal(signals.received);
    return result.left.length > 0 || result.isBad ? 1 : 0;
  } finally {
    signals.release();
    file?.close();
  }
}

/** Makes a new file for the report. @throws {ClientError} usage where the file exists or cannot be written. */
function newFile(path: string) {
  let opened: number;
  try {
    opened = openSync(path, "wx", 0o600);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === "EEXIST" ? "exists already" : "cannot be written";
    throw new ClientError("usage", "usage", `${path} ${why}, and nothing was made: give another --out`);
  }
  let isKept = false;
  return {
    keep: (result: AssumptionReport): void => {
      writeFileSync(opened, `${escapedJson(JSON.stringify(result, null, 2))}\n`);
      isKept = true;
    },
    close: (): void => {
      closeSync(opened);
      if (!isKept) rmSync(path);
    },
  };
}

const WEIGHTS = {
  invariant: "valetkey may hand out more than policies permit",
  bound: "something lives longer or is seen later, within a bound that still holds",
  outage: "something is refused, and nothing opens",
  information: "nothing of valetkey's rests on it",
} as const;

const COLOURS = { does_not_hold: "red", not_known: "yellow" } as const;

/** Names a ground in a few words; `-o json` has its address or file. */
function groundOf(ground: AssumptionReport["results"][number]["restsOn"]): string {
  switch (ground.by) {
    case "judge":
      return `judge ${ground.judge}`;
    case "page":
      return ground.states === "all" ? "AWS's page" : "AWS's page, in part";
    case "rows":
      return "sources of its rows";
    case "aws":
      return "AWS alone";
  }
}

function described({ at, hub, account, region, endpoint, results, versions }: AssumptionReport, isAws: boolean): Shown {
  const head = shown`Assumptions about AWS, tried ${at} in account ${account}, ${region}, at ${endpoint}\nfor the hub ${hub.prefix} in ${hub.account}, ${hub.region}, with valetkey ${versions.valetkey}\n`;
  const warning = isAws ? "" : shown`This endpoint is not AWS's: results here prove nothing about AWS.\n`;
  const rows = table(
    ["assumption", "weight", "answer", "rests on", "found"],
    results.map(({ id, weight, answer, restsOn, found }) => [
      ...[id, weight, answer.replaceAll("_", " "), groundOf(restsOn)],
      found,
    ]),
  );
  const follows = results.flatMap(({ id, weight, assumed, answer, means }) =>
    answer === "does_not_hold" || answer === "not_known"
      ? [
          shown`${coloured(id, answer === "does_not_hold" && weight === "information" ? "yellow" : COLOURS[answer])} ${answer.replaceAll("_", " ")} (${WEIGHTS[weight]}): the assumption is that ${assumed}; ${means}.\n`,
        ]
      : [],
  );
  const gap = shown`\n`;
  return joined([head, warning, gap, rows, ...(follows.length > 0 ? [gap, ...follows] : [])]);
}
