import type { HostileWorld } from "../hostile-world.ts";

/**
 * Limits of DynamoDB: 2,048 bytes of a partition key, 1,024 of a sort key, 400 KB of an item, 32 levels, well-formed
 * text.
 */
const BYTES = { partition: 2_000, sort: 1_000, item: 400_000 } as const;

/** Fails, as on a bug, where the record gets a value that DynamoDB would refuse. The fakes accept anything. */
export function holdToDynamo({ ports }: HostileWorld): void {
  const { agents, tasks, ballots, given } = ports;
  for (const method of ["read", "readVotes", "listed", "latest"] as const) guard(ballots, method, BYTES.partition);
  for (const method of ["putVote", "putOutcome", "open", "use"] as const) guard(ballots, method, BYTES.item);
  for (const method of ["read", "find", "list"] as const) guard(given, method, BYTES.sort);
  guard(given, "give", BYTES.item);
  guard(agents, "withBinding", BYTES.sort + 24);
  for (const method of ["find", "read", "liveTasks", "living"] as const) guard(agents, method, BYTES.partition);
  guard(agents, "list", BYTES.sort);
  guard(tasks, "read", BYTES.sort);
  for (const method of ["register", "change"] as const) guard(agents, method, BYTES.item);
  const writing = [
    "open",
    "confirm",
    "addToken",
    "addPresentation",
    "addDelegation",
    "removeDelegation",
    "removePresentation",
    "renew",
    "end",
    "append",
  ] as const;
  for (const method of writing) guard(tasks, method, BYTES.item);
}

function guard<M extends string>(
  port: { [name in M]: (...given: never[]) => Promise<unknown> },
  method: M,
  bytes: number,
): void {
  const inner = port[method].bind(port);
  port[method] = async (...given) => {
    for (const value of given) takes(value, bytes, 0);
    return inner(...given);
  };
}

function takes(value: unknown, bytes: number, level: number): void {
  if (level > 32) throw new Error("a store was given more than 32 levels");
  if (typeof value === "number" && !Number.isFinite(value)) throw new Error("a store was given a number that is none");
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw new Error("a store was given a lone surrogate");
    if (Buffer.byteLength(value) > bytes) throw new Error("a store was given more than it takes");
  }
  if (typeof value !== "object" || value === null) return;
  if (level === 0 && JSON.stringify(value).length > BYTES.item) throw new Error("a store was given too large an item");
  for (const [name, member] of Object.entries(value)) {
    takes(name, bytes, level + 1);
    takes(member, bytes, level + 1);
  }
}
