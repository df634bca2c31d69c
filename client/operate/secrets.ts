import { counted } from "../../contract/decision/counted.ts";
import { SECRET_NAME } from "../../contract/names.ts";
import type { ReadAnswer } from "../../contract/operations.ts";
import { ClientError } from "../exit-codes.ts";
import { ownCommand } from "../own-command.ts";
import { confirmed } from "./confirm.ts";
import { type OperatorCommand, operatorOf } from "./operator.ts";
import { parseOperator, wordOf } from "./operator-options.ts";
import { type Shown, shown } from "./print/shown.ts";
import { coloured, table } from "./print/table.ts";

type Secret = ReadAnswer<"GET /v1/secrets/{secret}">;

/** Runs `valetkey secrets [list | <name> | show <name> | rotate <name> [--yes]]`: shows or rotates managed secrets, and never prints a value. */
export const secrets: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("secrets", argv, env, ["yes"], 2);
  const [first = "list"] = options.words;
  const isVerb = first === "list" || first === "show" || first === "rotate";
  // The last word names the secret: `secrets reports/login`, `secrets rotate reports/login`.
  if (options.words.length > (first === "list" || !isVerb ? 1 : 2))
    throw usage(`there are too many arguments; ${ownCommand()} secrets --help shows an example`);
  if (options.option.yes && first !== "rotate") throw usage(`--yes goes with \`valetkey secrets rotate\``);
  const named = () => ({
    parameters: { secret: idOf(isVerb ? wordOf(options, 1, "which secret", "secrets") : first) },
  });
  if (first === "rotate") {
    const call = named();
    const name = options.words[1] ?? "";
    const question = `rotate ${name}: it gets another value within minutes, even while a task holds it`;
    if (!options.option.yes && !(await confirmed(question)))
      throw usage(`no rotation was requested; give --yes: ${question}`);
    const { api, print } = await operatorOf(options, env, report);
    const secret = await report.patiently(
      "requesting the rotation",
      api.call("POST /v1/secrets/{secret}/rotate", call),
    );
    print(secret, () => rotationOf(secret));
    return 0;
  }
  const { api, print } = await operatorOf(options, env, report);
  if (first === "list") {
    const listed = await report.patiently("listing secrets", api.list("GET /v1/secrets", "secrets", {}));
    print({ secrets: listed }, () => listTable(listed));
  } else {
    const secret = await report.patiently("reading the secret", api.call("GET /v1/secrets/{secret}", named()));
    print(secret, () => described(secret));
  }
  return 0;
};

/** Makes the id of a secret, with `~` for `/`, as the route expects. Refuses other names, such as `..`, which could lead to another URL. */
function idOf(name: string): string {
  if (!SECRET_NAME.test(name) || /^\.+$/.test(name))
    throw usage("a secret's name has only letters, digits and /_+=.@-");
  return name.replaceAll("/", "~");
}

const HEADINGS = ["name", "kind", "where used", "held by", "last rotation", "next", "exposed since", "pending"];

const listTable = (listed: readonly Secret[]): Shown =>
  listed.length === 0
    ? shown`There are no managed secrets.\n`
    : table(
        HEADINGS,
        listed.map((secret) => {
          const { kind, rotated_at: rotated, next_at: next } = secret.rotation;
          const { since } = secret.exposure;
          return [secret.name, kind, usesOf(secret), secret.held_by, rotated, next, since, pendingOf(secret)];
        }),
      );

/** Formats a secret's uses: the database that it opens, and the number of tasks that know the current value. */
function usesOf({
  database,
  exposure: {
    tasks: { length: count },
  },
}: Secret): string {
  const seen = count === 0 ? [] : [counted(count, "task")];
  return [...(database === undefined ? [] : [`database ${database}`]), ...seen].join(", ");
}

/** Formats a secret's pending rotation; empty where none is. */
function pendingOf({ rotation }: Secret): string {
  const { in_progress: isRotating, asked_at: asked, waits_until: waits } = rotation;
  if (isRotating === true) return "is being rotated";
  if (waits === undefined) return "";
  return `rotation ${asked === undefined ? "after its use" : "asked for"}, not before ${waits}`;
}

function described(secret: Secret): Shown {
  const { name, status, exclusive, delivery, database, held_by, held_until, rotation, exposure } = secret;
  const rows = [
    ["name", name],
    ["is", status],
    ["goes to", exclusive === true ? "one task at a time" : "several tasks at a time"],
    ["is handed out as", delivery === "session" ? "a right of the task's own session" : "a value"],
    ["database", database],
    ["held by", held_by],
    ["held until", held_until],
    ["rotated", rotation.kind === "none" ? "not by valetkey" : rotation.kind],
    ["last rotation", rotation.rotated_at],
    ["next rotation", rotation.next_at],
    ["asked for", rotation.asked_at],
    ["pending", pendingOf(secret)],
    ["exposed since", exposure.since],
    ["leases that saw it", exposure.reads],
    ...exposure.tasks.map((task) => ["seen by task", task]),
  ];
  return table(
    ["field", "value"],
    rows.filter(([, value]) => value !== undefined && value !== ""),
  );
}

function rotationOf(secret: Secret): Shown {
  const pending = pendingOf(secret);
  return shown`${coloured("Asked", "green")}: ${secret.name}: ${pending || "nothing is pending"}.\n`;
}

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
