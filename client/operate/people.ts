import { ClientError } from "../exit-codes.ts";
import { type OperatorCommand, operatorOf } from "./operator.ts";
import { parseOperator, secondsIn, wordOf } from "./operator-options.ts";
import { listOf } from "./receipts.ts";
import { awaitDenied, endedTable } from "./suspend.ts";

/** `valetkey people end-tasks <issuer|person> [--reason <text>] [--wait <seconds>]` */
export const people: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("people", argv, env, ["reason", "wait"], 2);
  const verb = wordOf(options, 0, "what to do: end-tasks", "people");
  if (verb !== "end-tasks") throw new ClientError("usage", "usage", "people takes end-tasks <issuer|person>");
  const person = wordOf(options, 1, "which person, as issuer|person", "people");
  if (!/^[^|]+\|./.test(person)) throw new ClientError("usage", "usage", "a person is named as issuer|person");
  const { reason, wait } = options.option;
  const waitSeconds = wait === undefined ? undefined : secondsIn(wait, "--wait");
  const { api, print } = await operatorOf(options, env, report);
  const deadlineMs = Date.now() + (waitSeconds ?? 0) * 1_000;
  const asked = api.post(`/v1/people/${segmentOf(person)}/end-tasks`, reason === undefined ? {} : { reason });
  const told = await report.patiently("ending the person's tasks", asked);
  const ended = listOf(told.ended).map(String);
  const text = `Everything for ${person} until ${told.dead_until} is ended.${endedTable(ended)}`;
  if (waitSeconds !== undefined) {
    const how = ended.map((id) => `valetkey receipt ${id} --wait 60`).join("; ");
    return awaitDenied({ told, text, ids: [], deadlineMs, how }, { api, print }, report);
  }
  print(told, () => text);
  return 0;
};

/** Writes a person as one segment of an address: what would end the segment once the gateway has decoded it stays encoded. */
const segmentOf = (person: string): string => encodeURIComponent(person.replaceAll("%", "%25").replaceAll("/", "%2F"));
