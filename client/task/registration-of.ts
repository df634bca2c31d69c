import { plainLine } from "../../contract/decision/plain-line.ts";
import { ownCommand } from "../own-command.ts";
import { recordOf } from "./fields.ts";

/** Longest value that a binding may have; characters. */
const VALUE_CHARACTERS = 512;

/** Claims besides `sub` by which an issuer distinguishes agents: GitHub, GitLab, Entra ID. A binding must have the issuer's. */
const PINS = ["repository_id", "project_id", "oid"] as const;

/** Issuer and subject of an unregistered agent, with what its owner pastes to register it. */
export interface Registration {
  readonly sentence: string;
  /** Entry of agents.yaml. */
  readonly lines: readonly string[];
}

/**
 * Composes the registration of the agent whose token this is, from the token's unverified claims. Returns undefined for a token
 * without issuer and subject, and for values that no binding can have or no terminal should print.
 */
export function registrationOf(token: string): Registration | undefined {
  const claims = claimsOf(token);
  const [issuer, subject] = [quoted(claims.iss), quoted(claims.sub)];
  if (issuer === undefined || subject === undefined) return undefined;
  const pins = PINS.flatMap((name) => {
    const value = quoted(claims[name]);
    return value === undefined ? [] : [`${name}: ${value}`];
  });
  return {
    sentence: `The agent's token is of the issuer ${issuer}, and its subject is ${subject}.`,
    lines: [
      `  for its owner, to fill in and register with ${ownCommand()} apply -f agents.yaml --yes:`,
      "    - id: <id>",
      "      name: <name>",
      "      owner: <issuer|person>",
      "      team: <team>",
      "      bindings:",
      `        - issuer: <name in valetkey.json> # of ${issuer}`,
      "          claims:",
      ...[`sub: ${subject}`, ...pins].map((line) => `            ${line}`),
    ],
  };
}

function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    return recordOf(JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8")));
  } catch {
    return {};
  }
}

/** Quotes a text for YAML. Returns undefined for one that a binding cannot have, or that is printed otherwise than it is. */
function quoted(value: unknown): string | undefined {
  const isUsable =
    typeof value === "string" && value !== "" && value.length <= VALUE_CHARACTERS && plainLine(value) === value;
  return isUsable ? JSON.stringify(value) : undefined;
}
