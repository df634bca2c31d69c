import { setTimeout as sleep } from "node:timers/promises";
import { ClientError } from "../exit-codes.ts";
import { type OperatorCommand, operatorOf } from "./operator.ts";
import { parseOperator, wordOf } from "./operator-options.ts";
import { coloured, table } from "./table.ts";

type Body = Readonly<Record<string, unknown>>;

const PAUSE_MS = 2_000;

/** `valetkey offboard <agent> --yes [--wait <seconds>]`: ends everything that the agent ever had, and prints the report. */
export const offboard: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("offboard", argv, env, ["yes", "wait"], 1);
  const id = wordOf(options, 0, "which agent", "offboard");
  if (!options.option.yes)
    throw new ClientError(
      "usage",
      "not_confirmed",
      `offboarding ${id} cannot be undone, and its id is never used again: say --yes`,
    );
  const deadlineMs = Date.now() + secondsOf(options.option.wait) * 1_000;
  const { api, print } = await operatorOf(options, env);
  const path = `/v1/agents/${encodeURIComponent(id)}`;
  await report.patiently("ending what it has", api.post(`${path}/offboard`));
  let signed = await api.get(`${path}/offboarding`);
  while (signed.complete !== true && Date.now() < deadlineMs) {
    report.note("waiting", `${openOf(signed)} of its tasks, leases and bindings are open still ...`);
    await sleep(PAUSE_MS);
    await api.post(`${path}/offboard`);
    signed = await api.get(`${path}/offboarding`);
  }
  print(signed, () => described(signed));
  if (signed.complete === true) return 0;
  throw new ClientError(
    "later",
    "not_complete",
    "not everything has ended yet: run it again, or wait for its last fence",
  );
};

function secondsOf(text = "60"): number {
  if (!/^\d{1,5}$/.test(text)) throw new ClientError("usage", "usage", "--wait takes seconds");
  return Number(text);
}

const partsOf = (signed: Body): readonly Body[] =>
  Object.entries(signed).flatMap(([kind, value]) =>
    Array.isArray(value) ? value.map((entry) => ({ kind, ...(entry as Body) })) : [],
  );

const openOf = (signed: Body): number =>
  partsOf(signed).filter(({ status, state }) => !["revoked", "expired"].includes(String(status ?? state))).length;

function described(signed: Body): string {
  const rows = partsOf(signed).map((part) => [
    part.kind,
    part.id ?? part.name ?? part.task,
    part.status ?? part.state,
    part.at ?? part.ended_at,
  ]);
  const end = signed.complete === true ? coloured("complete", "green") : coloured("not complete", "red");
  return `${table(["what", "which", "is", "since"], rows)}\n${end}  sha256 ${signed.sha256 ?? signed.hash ?? ""}\n`;
}
