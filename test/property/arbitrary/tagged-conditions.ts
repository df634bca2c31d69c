import fc from "fast-check";

/** A resource: its ARN, and the tags that it has. */
export interface Tagged {
  readonly arn: string;
  readonly team?: string;
  readonly env?: string;
}
type TagName = Exclude<keyof Tagged, "arn">;

/** Cedar's result for a condition: true, false, or the first missing tag that it read. */
type Value = boolean | { readonly missing: TagName };

/**
 * A condition in Cedar's syntax, with its meaning by Cedar's rules. The meaning is written here a second time, without
 * Cedar.
 */
export interface TaggedCondition {
  readonly text: string;
  of(resource: Tagged): Value;
}

const ARNS = ["arn:aws:s3:::acme/ax", "arn:aws:s3:::acme/b", "arn:aws:s3:::acme/c"];
const VALUES = { team: ["data", "da-", "ops"], env: ["prod", "dev"] } as const;

/** Every resource that the conditions below distinguish. */
export const EVERY_RESOURCE: readonly Tagged[] = ARNS.flatMap((arn) =>
  [undefined, ...VALUES.team].flatMap((team) =>
    [undefined, ...VALUES.env].map((env) => ({ arn, ...(team ? { team } : {}), ...(env ? { env } : {}) })),
  ),
);

const ofTag = (name: TagName, text: string, holds: (value: string) => boolean): TaggedCondition => ({
  text: `resource.tags.${name} ${text}`,
  of: ({ [name]: value }) => (value === undefined ? { missing: name } : holds(value)),
});
const hasTag = (name: TagName): TaggedCondition => ({
  text: `resource.tags has ${name}`,
  of: (resource) => resource[name] !== undefined,
});
const ATOMS: readonly TaggedCondition[] = [
  { text: 'resource.arn like "arn:aws:s3:::acme/a*"', of: ({ arn }) => arn.startsWith("arn:aws:s3:::acme/a") },
  { text: 'resource.arn == "arn:aws:s3:::acme/b"', of: ({ arn }) => arn === "arn:aws:s3:::acme/b" },
  hasTag("team"),
  hasTag("env"),
  ofTag("team", '== "data"', (value) => value === "data"),
  ofTag("team", 'like "da*"', (value) => value.startsWith("da")),
  ofTag("team", 'like "*"', () => true),
  ofTag("env", '== "prod"', (value) => value === "prod"),
  ofTag("env", 'like "*"', () => true),
];

/**
 * Evaluates from left to right and stops at an error. `then` maps the first part's value to a result or to the next
 * part.
 */
const past = (first: TaggedCondition, then: (holds: boolean) => boolean | TaggedCondition): TaggedCondition["of"] => {
  return (resource) => {
    const value = first.of(resource);
    if (typeof value !== "boolean") return value;
    const next = then(value);
    return typeof next === "boolean" ? next : next.of(resource);
  };
};
const and = ([a, b]: readonly [TaggedCondition, TaggedCondition]): TaggedCondition => ({
  text: `(${a.text} && ${b.text})`,
  of: past(a, (holds) => (holds ? b : false)),
});
const or = ([a, b]: readonly [TaggedCondition, TaggedCondition]): TaggedCondition => ({
  text: `(${a.text} || ${b.text})`,
  of: past(a, (holds) => (holds ? true : b)),
});
const not = (a: TaggedCondition): TaggedCondition => ({ text: `!(${a.text})`, of: past(a, (holds) => !holds) });
const choice = ([a, b, c]: readonly [TaggedCondition, TaggedCondition, TaggedCondition]): TaggedCondition => ({
  text: `(if ${a.text} then ${b.text} else ${c.text})`,
  of: past(a, (holds) => (holds ? b : c)),
});

export const { condition } = fc.letrec<{ condition: TaggedCondition }>((tie) => {
  const part = tie("condition");
  return {
    condition: fc.oneof(
      { maxDepth: 4, depthSize: "medium" },
      fc.constantFrom(...ATOMS),
      fc.tuple(part, part).map(and),
      fc.tuple(part, part).map(or),
      part.map(not),
      fc.tuple(part, part, part).map(choice),
    ),
  };
});

/**
 * True where the forbid's condition holds, or errs for want of tags and would hold with some value of them. Nobody may
 * evade a forbid by removing a tag.
 */
export function couldHold(forbid: TaggedCondition, resource: Tagged): boolean {
  const value = forbid.of(resource);
  if (typeof value === "boolean") return value;
  return VALUES[value.missing].some((given) => couldHold(forbid, { ...resource, [value.missing]: given }));
}
