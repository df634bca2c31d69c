import { ClientError } from "../../exit-codes.ts";
import { ownCommand } from "../../own-command.ts";
import { isTaskId } from "../../task/fields.ts";
import { awaitDenied, endedTable } from "../agents/suspend.ts";
import { type OperatorCommand, operatorOf } from "../operator.ts";
import { parseOperator, secondsIn, wordOf } from "../operator-options.ts";
import { shown } from "../print/shown.ts";

/** `${ownCommand()} people end-tasks <issuer|person> [--reason <text>] [--wait <seconds>]` */
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
  const request = api.call("POST /v1/people/{person}/end-tasks", {
    parameters: { person: inSegment(person) },
    body: reason === undefined ? {} : { reason },
  });
  const answer = await report.patiently("ending the person's tasks", request);
  const { ended } = answer;
  const text = shown`Every task for ${person} opened by a token that was issued until ${answer.dead_until} is ended.${endedTable(ended)}`;
  if (waitSeconds !== undefined) {
    // Prints no misspelt id into a command, which a person may paste into a shell.
    const commands = ended.filter(isTaskId).map((id) => `${ownCommand()} receipt ${id} --wait 60`);
    const how = commands.length === 0 ? `run \`valetkey receipt\` for each of them` : commands.join("; ");
    return awaitDenied({ answer, text, ids: [], deadlineMs, how }, { api, print }, report);
  }
  print(answer, () => text);
  return 0;
};

/** Encodes `/` and `%` once more than an address does: a `/` that the gateway decodes would end the segment. */
const inSegment = (person: string): string => person.replaceAll("%", "%25").replaceAll("/", "%2F");
