import { closeSync, openSync, rmSync, writeFileSync } from "node:fs";
import { escapedJson } from "../../decision/escaped-json.ts";
import { ClientError } from "../exit-codes.ts";
import { ownVersion } from "../own-version.ts";
import { codeOfSignal } from "../process/child.ts";
import { Signals } from "../process/signals.ts";
import type { Reporter } from "../reporter.ts";
import { confirmed } from "./confirm.ts";
import { loadAssumptions } from "./inspect-deployment.ts";
import type { OperatorOptions } from "./operator-options.ts";
import { loadPrinter } from "./print.ts";
import { coloured, table } from "./table.ts";

type AssumptionReport = Awaited<ReturnType<Awaited<ReturnType<typeof loadAssumptions>>["probe"]>>;
type Options = Pick<OperatorOptions<"config" | "yes" | "out" | "policy">, "form" | "option">;

/**
 * Runs `valetkey doctor --assumptions [--policy] [--yes] [--out <file>]`: tries what SECURITY.md assumes about AWS, with things that it makes and removes in the
 * account of the credentials at hand. Exit code 1 where something does not hold on which valetkey rests, or could not be removed; 128 + n after signal n.
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
    report.note(
      "rights",
      "whoever has these rights can make roles, and so be administrator: give them for the run alone",
    );
    process.stdout.write(`${JSON.stringify(checkout.rights, null, 2)}\n`);
    return 0;
  }
  const question = `make and remove roles, policies, buckets, a table, queues, an event bus, a secret and a stack called valetkey-assumption-* in account ${account}, ${region}, at ${endpoint}`;
  if (!yes && !(await confirmed(question)))
    throw new ClientError("usage", "usage", `nothing was made; say --yes: ${question}`);
  // Before anything is made: minutes later there would be a report and no place for it.
  const file = out === undefined ? undefined : newFile(out);
  const signals = new Signals({ isTerminal: process.stdin.isTTY, isNpx: env.npm_lifecycle_event === "npx" });
  const interruption = new AbortController();
  void signals.first().then(() => {
    report.warn("interrupted", "stopping: what was made is being removed, which can take a minute");
    interruption.abort();
  });
  try {
    const told = await checkout.probe({
      ...{ say: (what: string) => report.note("probing", what), version: ownVersion(), signal: interruption.signal },
    });
    file?.keep(told);
    print(told, () => described(told, isAws));
    for (const each of told.left)
      report.warn("left", `could not be removed, and has to be by hand: ${each}`, { left: each });
    if (signals.received) return codeOfSignal(signals.received);
    return told.left.length > 0 || told.isBad ? 1 : 0;
  } finally {
    signals.release();
    file?.close();
  }
}

/** Makes the file of the report, which no other report is in. @throws {ClientError} usage */
function newFile(path: string) {
  let opened: number;
  try {
    opened = openSync(path, "wx", 0o600);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === "EEXIST" ? "is there already" : "cannot be written";
    throw new ClientError("usage", "usage", `${path} ${why}, and nothing was made: give another --out`);
  }
  let isKept = false;
  return {
    keep: (told: AssumptionReport): void => {
      writeFileSync(opened, `${escapedJson(JSON.stringify(told, null, 2))}\n`);
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
  bound: "something lives longer or is seen later, within a bound that stays",
  outage: "something is refused, and nothing opens",
  information: "nothing of valetkey's rests on it",
} as const;

const COLOURS = { does_not_hold: "red", not_known: "yellow" } as const;

function described(
  { at, hub, account, region, endpoint, results, versions }: AssumptionReport,
  isAws: boolean,
): string {
  const head = `Assumptions about AWS, tried ${at} in account ${account}, ${region}, at ${endpoint}\nfor the hub ${hub.prefix} in ${hub.account}, ${hub.region}, with valetkey ${versions.valetkey}\n`;
  const warning = isAws ? "" : "This endpoint is not AWS's: what holds here proves nothing about AWS.\n";
  const rows = table(
    ["assumption", "weight", "answer", "found"],
    results.map(({ id, weight, answer, found }) => [id, weight, answer.replaceAll("_", " "), found]),
  );
  const follows = results.flatMap(({ id, weight, assumed, answer, means }) =>
    answer === "does_not_hold" || answer === "not_known"
      ? [
          `${coloured(id, answer === "does_not_hold" && weight === "information" ? "yellow" : COLOURS[answer])} ${answer.replaceAll("_", " ")} (${WEIGHTS[weight]}): assumed is that ${assumed}; ${means}.\n`,
        ]
      : [],
  );
  return [head, warning, "\n", rows, ...(follows.length > 0 ? ["\n", ...follows] : [])].join("");
}
