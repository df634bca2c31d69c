import { existsSync } from "node:fs";
import { secondsIn } from "../../duration.ts";
import { ClientError } from "../../exit-codes.ts";
import { checkoutOf } from "../../files/checkout.ts";
import { ownCommand } from "../../own-command.ts";
import { loadConfigCheck } from "../agents/load-agents.ts";
import type { OperatorCommand } from "../operator.ts";
import { parseLocal } from "../operator-options.ts";
import { loadPrinter } from "../print/print.ts";
import { joined, shown } from "../print/shown.ts";
import { coloured } from "../print/table.ts";

/**
 * Runs `valetkey config check [--config <file>] [--agents <file>] [--policies <folder>] [--strict]`: lists every fault of `valetkey.json` and of a file of
 * agents, each with its place. Exit code 1 for an error, with --strict also for a warning.
 */
export const checkConfig: OperatorCommand = async (argv, env) => {
  const options = parseLocal("config", argv, ["config", "agents", "policies", "strict"], 1);
  if (options.words[0] !== "check")
    throw new ClientError("usage", "usage", `config takes check: ${ownCommand()} config check`);
  const { agents, strict } = options.option;
  const { config, policies } = checkoutOf(options.option, env);
  const { checkFiles, inOneLine } = await loadConfigCheck();
  const print = await loadPrinter(options);
  const files = agents === undefined ? [AGENTS].filter((file) => existsSync(file)) : [agents];
  const faults = checkFiles({ configFile: config, policiesDir: policies, agents: files }, secondsIn);
  const isWell = !faults.some(({ level }) => strict || level === "error");
  const lines = () =>
    joined(faults.map((fault) => shown`${coloured(inOneLine(fault), fault.level === "error" ? "red" : "yellow")}\n`));
  print({ ok: isWell, faults }, () =>
    faults.length === 0 ? shown`${[config, ...files].join(", ")}: no faults\n` : lines(),
  );
  return isWell ? 0 : 1;
};

/** File of agents that is checked by default. */
const AGENTS = "agents.yaml";
