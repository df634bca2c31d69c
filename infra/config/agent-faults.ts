import type { Issuer } from "../../functions/core/identity/issuer.ts";
import { AGENT_FIELDS, parseAgent } from "../../functions/core/identity/parse-agent.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { meant } from "./did-you-mean.ts";
import type { Fault, Path } from "./fault.ts";
import { type Located, located } from "./located.ts";
import { sharedBindings } from "./shared-bindings.ts";

type Json = Readonly<Record<string, unknown>>;

/** Agent of a file, in the form of `POST /v1/agents`, with an optional `status`. */
export interface WantedAgent {
  readonly agent: Json;
  /** Warnings about missing fields. Without them an agent can be changed, and not be registered. */
  readonly lacks: readonly Fault[];
}

/** Agents of a file, and every fault of them. */
export interface AgentsFile {
  readonly agents: readonly WantedAgent[];
  readonly faults: readonly Fault[];
}

/** Converts a duration such as `1h` to seconds; undefined for another text. */
export type SecondsIn = (text: string) => number | undefined;

/**
 * Reads a file of agents, YAML or JSON: a list, or `agents:` with one. The parser of registrations itself checks each field.
 * @param issuers issuers of the deployment; undefined where they are unknown, so that only the hub can check their names and pins.
 */
export function readAgents(
  { text, file }: { readonly text: string; readonly file: string },
  issuers: readonly Issuer[] | undefined,
  secondsIn: SecondsIn,
): AgentsFile {
  const document = located(text, file);
  if (document.faults.length > 0) return { agents: [], faults: document.faults };
  const { value } = document;
  const isList = Array.isArray(value);
  const list = isList ? value : (value as { agents?: unknown } | null)?.agents;
  const root: Path = isList ? [] : ["agents"];
  if (!Array.isArray(list))
    return { agents: [], faults: [document.at([], 'it must hold a list of agents, or "agents:" with one')] };
  const faults = list.flatMap((each, index) => faultsOf(each, [...root, index], { document, issuers, secondsIn }));
  const ids = list.map((each) => recordOf(each).id);
  const twice = ids.flatMap((id, index) =>
    typeof id === "string" && ids.indexOf(id) !== index
      ? [document.at([...root, index, "id"], `${id} is named twice`)]
      : [],
  );
  const shared = sharedBindings(list.map(recordOf)).map(({ at, say }) => document.at([...root, ...at], say));
  const agents = list.map((each, index) => ({
    agent: inSeconds(recordOf(each), secondsIn),
    lacks: REQUIRED.filter((name) => recordOf(each)[name] === undefined).map((name) =>
      document.at(
        [...root, index],
        `${String(recordOf(each).id)} lacks ${name}: without it an agent can be changed, and not be registered`,
        "warning",
      ),
    ),
  }));
  return { agents, faults: [...faults, ...twice, ...shared] };
}

interface Judging {
  readonly document: Located;
  readonly issuers: readonly Issuer[] | undefined;
  readonly secondsIn: SecondsIn;
}

const STATUSES: readonly unknown[] = [undefined, "active", "suspended"];
const FIELDS = [...AGENT_FIELDS, "status"];

/** Fields without which an agent cannot be registered, beside its id. */
const REQUIRED = ["name", "owner", "team", "bindings"];

/** Time of the check. A file may have an end that has passed, since its agent may have that end already. */
const BEFORE_ALL = 0;

/** Valid values, beside which each field is checked alone. */
const RIGHT = { id: "right", name: "right", owner: "right", team: "right" };

function faultsOf(entry: unknown, path: Path, { document, issuers, secondsIn }: Judging): readonly Fault[] {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry))
    return [document.at(path, "an agent is an object with id, name, owner, team and bindings")];
  const { status, ...agent } = inSeconds(entry as Json, secondsIn);
  const known = issuers ?? namedIn(agent);
  const right = { ...RIGHT, bindings: [{ issuer: "right", claims: { sub: "right" } }] };
  const judge = (body: Json) => refusalOf(() => parseAgent(body, [...known, RIGHT_ISSUER], BEFORE_ALL));
  const unknown = Object.keys(agent)
    .filter((name) => !AGENT_FIELDS.includes(name))
    .map((name) => document.atName([...path, name], `there is no field ${name}${meant(name, FIELDS)}`));
  const missing = agent.id === undefined ? [document.at(path, "it lacks an id")] : [];
  const wrong = AGENT_FIELDS.filter((name) => agent[name] !== undefined).flatMap((name) => {
    const parts =
      name === "bindings" && Array.isArray(agent.bindings) && agent.bindings.length > 0 && agent.bindings.length <= 20
        ? agent.bindings
        : undefined;
    if (!parts) return placedAt([name], judge({ ...right, [name]: agent[name] }));
    const each = parts.flatMap((part, index) => placedAt(["bindings", index], judge({ ...right, bindings: [part] })));
    return each.length > 0 ? each : placedAt([name], judge({ ...right, bindings: parts }));
  });
  const wrongStatus = STATUSES.includes(status)
    ? []
    : [
        document.at(
          [...path, "status"],
          `status is active or suspended, or left out${meant(String(status), ["active", "suspended"])}`,
        ),
      ];
  return [
    ...unknown,
    ...missing,
    ...wrong.map(({ at, say }) => document.at([...path, ...at], `${say}${issuerMeant(agent, at, known)}`)),
    ...wrongStatus,
  ];
}

/** Suggests the issuer that a binding probably means. */
function issuerMeant({ bindings }: Json, at: Path, issuers: readonly Issuer[]): string {
  if (at[2] !== "issuer" || !Array.isArray(bindings)) return "";
  const { issuer } = recordOf(bindings[Number(at[1])]);
  const names = issuers.map(({ name }) => name);
  return names.includes(String(issuer)) ? "" : meant(String(issuer), names);
}

const RIGHT_ISSUER: Issuer = {
  ...{
    name: "right",
    url: "https://right.example",
    kind: "agents",
    algorithms: [],
    pin: "sub",
    maxLifetimeSeconds: 1,
    skewSeconds: 0,
  },
  replay: { mode: "single_use" },
  required: {},
};

/** Makes issuers for the names in an agent's bindings and owner, where the real ones are unknown. Each has the kind in which it is used. */
function namedIn({ bindings, owner }: Json): readonly Issuer[] {
  const listed = Array.isArray(bindings) ? bindings.map(recordOf) : [];
  const agents = listed.flatMap(({ issuer, claims }) =>
    typeof issuer === "string"
      ? [{ ...RIGHT_ISSUER, name: issuer, pin: Object.keys(recordOf(claims))[0] ?? "sub" }]
      : [],
  );
  const people =
    typeof owner === "string" && owner.includes("|")
      ? [{ ...RIGHT_ISSUER, name: owner.split("|")[0] ?? "", kind: "people" as const }]
      : [];
  return [...agents, ...people];
}

interface Placed {
  readonly at: Path;
  readonly say: string;
}

/** Finds the place that a refusal names at its beginning, such as `bindings[0].claims`, or else the place of the field. */
function placedAt(field: Path, say: string | undefined): readonly Placed[] {
  if (say === undefined) return [];
  const [, inside = ""] = /^[a-z_]+(?:\[\d+\])?((?:\.[a-z_]+)+)/.exec(say) ?? [];
  const shown = typeof field[1] === "number" ? say.replace("bindings[0]", `bindings[${field[1]}]`) : say;
  return [{ at: [...field, ...inside.split(".").filter(Boolean)], say: shown.replace(/\.$/, "") }];
}

function refusalOf(parse: () => unknown): string | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.detail.say ?? error.sentence;
  }
}

/** Converts `task_seconds: 1h` of a registration to seconds. */
function inSeconds(agent: Json, secondsIn: SecondsIn): Json {
  const limits = recordOf(agent.limits);
  const seconds = typeof limits.task_seconds === "string" ? secondsIn(limits.task_seconds) : undefined;
  return seconds === undefined ? agent : { ...agent, limits: { ...limits, task_seconds: seconds } };
}

const recordOf = (value: unknown): Json =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
