import { string, type Value } from "./cedar-value.ts";
import { addressOf } from "./ip-address.ts";
import type { Situation, StatedPerson, StatedRequester } from "./question.ts";

/** An attribute of Cedar's context. */
interface Attribute<Facts> {
  /** Returns what the attribute depends on: plain JSON, which names cached answers. Undefined where it is absent. */
  facts(asker: StatedRequester, situation: Pick<Situation, "atSeconds">): Facts | undefined;
  /** Makes Cedar's value of the facts alone, so that no value differs where the names are equal. */
  value(facts: Facts): Value | undefined;
}

const attribute = <Facts>(row: Attribute<Facts>): Attribute<unknown> => row as Attribute<unknown>;

const long = (value: number): Value => ({ is: "long", value: BigInt(value) });
const set = (texts: readonly string[]): Value => ({ is: "set", members: [...new Set(texts)].map(string) });
const record = (fields: Readonly<Record<string, Value>>): Value => ({
  is: "record",
  fields: new Map(Object.entries(fields)),
});

const ROWS = {
  purpose: attribute({ facts: ({ purpose }) => purpose, value: string }),
  ttl: attribute({ facts: ({ ttlSeconds }) => ttlSeconds, value: long }),
  delegation: attribute({
    facts: ({ chain }) => chain,
    value: (chain) => record({ depth: long(chain.length), chain: set(chain) }),
  }),
  time: attribute({
    facts: (_asker, { atSeconds }) => {
      const at = new Date(atSeconds * 1_000);
      return [at.getUTCDay(), at.getUTCHours()] as const;
    },
    value: ([day, hour]) => record({ hour: long(hour), weekday: long(day || 7) }),
  }),
  conditions: attribute({ facts: ({ conditions }) => conditions, value: set }),
  sourceIp: attribute({
    facts: ({ sourceIp }) => sourceIp,
    value: (text) => {
      const address = addressOf(text);
      return address === undefined ? undefined : { is: "ip", value: address };
    },
  }),
  onBehalfOf: attribute({
    facts: ({ person, asks }) => (asks === undefined ? person : undefined),
    value: ({ issuer, value, groups }: StatedPerson) =>
      record({ issuer: string(issuer), person: string(value), groups: set(groups) }),
  }),
  actor: attribute({
    facts: ({ person, asks, agent }) => (person && asks === "person" ? agent : undefined),
    value: ({ id, owner, team }) => record({ agent: string(id), owner: string(owner), team: string(team) }),
  }),
} as const;

/** Name of an attribute of Cedar's context. */
export type ContextName = keyof typeof ROWS;

/** Names of all attributes of Cedar's context. Source: `policies/schema.cedarschema`. */
export const CONTEXT = Object.keys(ROWS) as readonly ContextName[];

/** Returns what the attribute depends on, for the name of a cached answer. */
export const factsOf = (name: ContextName, asker: StatedRequester, situation: Pick<Situation, "atSeconds">): unknown =>
  ROWS[name].facts(asker, situation);

/** Returns Cedar's context of the requester in the situation. */
export const contextOf = (asker: StatedRequester, situation: Pick<Situation, "atSeconds">): Value =>
  record(
    Object.fromEntries(
      CONTEXT.flatMap((name) => {
        const facts = factsOf(name, asker, situation);
        const value = facts === undefined ? undefined : ROWS[name].value(facts);
        return value === undefined ? [] : [[name, value]];
      }),
    ),
  );
