import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { exceptionsOf } from "../../core/ceiling/exceptions.ts";
import type { DefinedCondition } from "../../core/conditions/defined-condition.ts";
import { defined } from "../../core/defined.ts";
import type { AccountExceptions } from "../../core/deployment/account-exceptions.ts";
import { isAccountId } from "../../core/deployment/account-id.ts";
import type { ApproverGroup } from "../../core/deployment/approver-group.ts";
import { provesOwnSignIn } from "../../core/deployment/can-step-up.ts";
import type { Conflict } from "../../core/deployment/conflict.ts";
import type { Account } from "../../core/deployment/deployment.ts";
import type { ApprovalsClient, Issuer } from "../../core/identity/issuer.ts";
import { JsonText } from "../decide/json-text.ts";
import { Problem } from "../problem.ts";
import { readText } from "./read-text.ts";
import type { Spot } from "./source-text.ts";

/** Facts that the tools know of a target account. */
export type KnownAccount = Pick<Account, "id" | "ceiling" | "exceptions">;

/** Known fields of a group of approvers. */
export type KnownGroup = Pick<ApproverGroup, "name" | "issuer" | "members">;

/** Issuers and groups of approvers that policies may name. */
export interface KnownPeople {
  readonly issuers: readonly (Pick<Issuer, "name" | "kind" | "groupsClaim" | "onBehalf"> & {
    /** Client for votes: the fields that decide whether it proves a sign-in. */
    readonly approvals?: Pick<ApprovalsClient, "freshness" | "acr">;
    readonly preset?: string;
    /** True where people of the issuer could give a consent. */
    readonly canSign?: boolean;
    /** True where people of the issuer could vote for an operator's act. */
    readonly canStepUp?: boolean;
  })[];
  /** True where operators' dangerous acts need a vote; undefined where that was not read. */
  readonly stepUp?: boolean;
  readonly approvers: readonly KnownGroup[];
}

/** Names of `valetkey.json` that policies may have. */
export interface KnownNames {
  /** Absent where the file names no issuers. */
  readonly people?: KnownPeople;
  /** Conditions of the world; none where the file defines none, and absent where there is no file. */
  readonly conditions?: readonly KnownCondition[];
}

/** Facts that the tools know of a condition of the world. */
export type KnownCondition = Pick<DefinedCondition, "name" | "kind">;

/** Facts that the tools know of two labels that exclude each other. */
export interface KnownConflict extends Pick<Conflict, "a" | "b"> {
  readonly spots: Readonly<Record<"a" | "b", Spot>>;
}

/** Part of `valetkey.json` that the tools need. */
export interface KnownConfig extends KnownNames {
  readonly accounts: readonly KnownAccount[];
  /** Conditions of the world, each with its place in the file. */
  readonly conditions?: readonly (KnownCondition & { readonly spot: Spot })[];
  /** Conflicts of labels, with the places of both; absent where there is no file. */
  readonly conflicts?: readonly KnownConflict[];
  /** Organisation whose units hold the accounts; absent where the file names none. */
  readonly organization?: object;
}

/**
 * Reads the parts of `valetkey.json` that the tools need. Only the build checks the whole file.
 * @param config the file; by default the one in the folder of policies, as in the examples, or the one beside the folder.
 * @returns no accounts and no people where there is no such file.
 * @throws {Problem} where the file is no JSON, or of another form, or cannot be read.
 */
export function knownConfig(folder: string, config?: string): KnownConfig {
  const within = join(resolve(folder), "valetkey.json");
  const file = config ?? (existsSync(within) ? within : join(dirname(resolve(folder)), "valetkey.json"));
  if (config === undefined && !existsSync(file)) return { accounts: [] };
  const text = readText(file);
  try {
    const json = new JsonText(file, text);
    const {
      accounts,
      issuers,
      approvers,
      conditions,
      conflicts,
      stepUp,
      organization,
    }: Readonly<Record<string, unknown>> = Object(json.value);
    return {
      accounts: listed(accounts).flatMap(knownAccount),
      conditions: listed(conditions).flatMap((entry, index) => {
        const spot = json.spot(`conditions[${index}].name`);
        return knownCondition(entry).map((each) => ({ ...each, spot }));
      }),
      conflicts: listed(conflicts).flatMap((entry, index) => {
        const { a, b }: Readonly<Record<string, unknown>> = Object(entry);
        const spotOf = (side: "a" | "b") => json.spot(`conflicts[${index}].${side}`);
        return typeof a === "string" && typeof b === "string"
          ? [{ a, b, spots: { a: spotOf("a"), b: spotOf("b") } }]
          : [];
      }),
      ...(organization === undefined ? {} : { organization: Object(organization) }),
      ...(Array.isArray(issuers)
        ? {
            people: {
              issuers: issuers.flatMap(knownIssuer),
              stepUp: stepUp === true,
              approvers: Object.entries(Object(approvers)).map(([name, group]) => knownGroup(name, group)),
            },
          }
        : {}),
    };
  } catch {
    throw new Problem(`${file} cannot be read as valetkey.json`);
  }
}

const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function knownAccount(entry: unknown): readonly KnownAccount[] {
  const { id, ceiling, exceptions }: { id?: unknown; ceiling?: unknown; exceptions?: AccountExceptions } =
    Object(entry);
  if (!isAccountId(id)) return [];
  // Reports a fault of the exceptions' form here, and not at the first decision.
  exceptionsOf(exceptions);
  return [
    {
      id,
      ...(Array.isArray(ceiling) ? { ceiling: ceiling.map(String) } : {}),
      ...defined({ exceptions }),
    },
  ];
}

function knownCondition(entry: unknown): readonly KnownCondition[] {
  const { name, kind }: Readonly<Record<string, unknown>> = Object(entry);
  if (typeof name !== "string" || (kind !== "restricts" && kind !== "permits")) return [];
  return [{ name, kind }];
}

function knownIssuer(entry: unknown): KnownPeople["issuers"] {
  const given: Readonly<Record<string, unknown>> = Object(entry);
  const { name, kind, groupsClaim, preset, console, approvals, onBehalf } = given;
  if (typeof name !== "string") return [];
  const { freshness, acr, tokenExchange = "browser" }: Readonly<Record<string, unknown>> = Object(approvals);
  const client = {
    freshness: freshness === "auth_time" ? freshness : "acr",
    ...(Array.isArray(acr) ? { acr: acr.map(String) } : {}),
  } as const;
  // Same rule as the build's (canSign, canStepUp): the console's page proves the sign-in by its time or its class.
  const canSign = console !== undefined && provesOwnSignIn(client);
  return [
    {
      name,
      kind: kind === "people" ? kind : "agents",
      canSign,
      canStepUp: canSign && tokenExchange === "browser",
      ...(onBehalf === true ? { onBehalf } : {}),
      ...(approvals === undefined ? {} : { approvals: client }),
      ...(typeof groupsClaim === "string" ? { groupsClaim } : {}),
      ...(typeof preset === "string" ? { preset } : {}),
    },
  ];
}

function knownGroup(name: string, entry: unknown): KnownGroup {
  const { issuer, claim, value, persons }: Readonly<Record<string, unknown>> = Object(entry);
  const members = Array.isArray(persons)
    ? { persons: persons.map(String) }
    : { claim: String(claim), value: String(value) };
  return { name, issuer: String(issuer), members };
}
