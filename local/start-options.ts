import { parseArgs } from "node:util";
import { optionFault } from "../client/unknown-option.ts";
import { FIRST_PORT, type Ports, portsFrom } from "./ports.ts";

export const HELP = `npm start             the first five acts of a guided tour on an embedded AWS, then keeps serving
npm start -- --tour all         all acts: also a database, people who approve, the signed log, an escalation, signatures
npm start -- --once   all acts, without serving; the last line is their report as JSON, exit 0 if all of it came true
npm start -- --late-iam 4000    with an IAM whose policies act four seconds after they were written, as AWS's do
npm start -- --late-trail 5000  with a CloudTrail that reports a call five seconds later; at AWS it takes minutes
npm start -- --first-port 5565  on the ports from 5565 to 5570, and not on those from ${FIRST_PORT}

Nothing leaves this machine: no account, no Docker. The embedded AWS enforces IAM for real.`;

/** Options of a start, checked. */
export interface StartOptions {
  /** True plays all acts of the tour; false plays the first five. */
  readonly isWhole: boolean;
  /** True ends after the tour, with a report; false keeps serving. */
  readonly isOnce: boolean;
  /** Delay after which IAM's policies act; milliseconds. */
  readonly iamActsAfterMs: number;
  /** Delay after which CloudTrail reports a call; milliseconds. */
  readonly trailAfterMs: number;
  readonly ports: Ports;
}

/** Longest delay of CloudTrail here; milliseconds. The tour waits for half a minute. */
const MOST_LATE_MS = 20_000;

const OPTIONS = {
  tour: { type: "string" },
  once: { type: "boolean" },
  "late-iam": { type: "string" },
  "late-trail": { type: "string" },
  "first-port": { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    return optionFault(error, Object.keys(OPTIONS), "npm start -- --help");
  }
}

/** Reads the command line. @returns the options, `help`, or the fault as a sentence. */
export function startOptions(args: readonly string[]): StartOptions | { readonly fault: string } | "help" {
  const values = parsed(args);
  if (typeof values === "string") return { fault: values };
  if (values.help) return "help";
  if (values.tour !== undefined && values.tour !== "all")
    return { fault: "--tour takes `all`; without it, the first five acts are shown" };
  const iamActsAfterMs = Number(values["late-iam"] ?? 0);
  if (!Number.isSafeInteger(iamActsAfterMs) || iamActsAfterMs < 0)
    return { fault: "--late-iam takes milliseconds, such as 4000" };
  const trailAfterMs = Number(values["late-trail"] ?? 0);
  if (!Number.isSafeInteger(trailAfterMs) || trailAfterMs < 0 || trailAfterMs > MOST_LATE_MS)
    return { fault: `--late-trail takes milliseconds, such as 5000; ${MOST_LATE_MS} at most` };
  const firstPort = Number(values["first-port"] ?? FIRST_PORT);
  const ports = portsFrom(firstPort);
  if (!Number.isSafeInteger(firstPort) || firstPort < 1_024 || ports.console > 65_535)
    return { fault: "--first-port takes a port from 1024 to 65530, such as 5565" };
  const isOnce = values.once ?? false;
  return { isOnce, isWhole: isOnce || values.tour === "all", iamActsAfterMs, trailAfterMs, ports };
}
