import { parseAlphabet, randomText } from "../../core/secrets/random-text.ts";
import type { RotatingSecret } from "../../core/secrets/rotating-secret.ts";
import type { ChosenKind } from "./chosen.ts";
import { objectIn } from "./login-in.ts";
import { type RotationNeeds, unfit } from "./rotation-kind.ts";

const DEFAULT = "alphanumeric/43";

/** Makes the kind whose value is random text. The verifiers read the secret itself, so no other system has to be changed. */
export const generated = ({ random }: Pick<RotationNeeds, "random">): ChosenKind => ({
  next: (secret, current) => {
    const shape = parseAlphabet(secret.generate ?? DEFAULT);
    if (!shape) throw unfit("valetkey:generate is none, such as alphanumeric/43");
    const value = randomText(random, shape.alphabet, shape.length);
    const fields = objectIn(current);
    if (!fields) return value;
    // Leaves the other fields unchanged, for example a name beside a key.
    return JSON.stringify({ ...fields, [fieldOf(secret, fields)]: value });
  },
  fits: (secret, values) => shapeOf(secret, values.pending) === shapeOf(secret, values.current),
  set: async () => undefined,
  test: async (secret, values) => {
    if (shapeOf(secret, values.pending) !== shapeOf(secret, values.current))
      throw unfit("the pending value has another shape");
  },
  finish: async (_secret, _values, { promote }) => promote(),
  mend: async () => undefined,
  retire: async () => undefined,
});

function fieldOf({ field = "password" }: RotatingSecret, fields: Readonly<Record<string, unknown>>): string {
  if (typeof fields[field] === "string") return field;
  throw unfit("the JSON has no text under valetkey:field (password, unless the tag says otherwise)");
}

/** Serialises a secret's text without the generated value, so that two shapes can be compared. */
function shapeOf(secret: RotatingSecret, text: string): string {
  const fields = objectIn(text);
  return fields === undefined ? "text" : JSON.stringify({ ...fields, [secret.field ?? "password"]: "" });
}
