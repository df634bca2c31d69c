import { SECRET_NAME } from "../../../contract/names.ts";
import type { TypedDetail } from "../../core/intent/detail.ts";
import { type JsonObject, type Place, strings } from "../../core/intent/place.ts";
import type { Question } from "../../core/intent/question.ts";
import { OWN_SECRETS } from "../../hub-names.ts";
import { SECRET } from "./definition.ts";

/** Detail that names secrets. */
export interface SecretDetail extends TypedDetail {
  readonly type: "secret";
  readonly actions: readonly ["read"];
  readonly identifiers: readonly string[];
}

/** Bounds: as many secrets as fit into a transaction and a response; Secrets Manager's limit on a name. */
const LIMITS = { identifiers: 10, nameCharacters: 512 } as const;

/**
 * Parses `{"type": "secret", "actions": ["read"], "identifiers": ["reports/api-key"]}`, with names, and neither ARNs
 * nor patterns.
 * @param own names of the secrets that the deployment itself uses. No task can request one, nor a secret of valetkey
 * itself.
 * @throws {Refusal} intent_invalid.
 */
export function parseSecret(detail: JsonObject, place: Place, own: readonly string[]): SecretDetail {
  place.refuseUnknown(detail, ["type", "actions", "identifiers"]);
  const actions = strings(detail.actions, place.at("actions"), 1, 16);
  if (actions[0] !== "read") return place.at("actions").refuse('must be ["read"]');
  const identifiers = strings(detail.identifiers, place.at("identifiers"), LIMITS.identifiers, LIMITS.nameCharacters);
  for (const [index, name] of identifiers.entries()) {
    const part = place.at(`identifiers[${index}]`);
    if (!SECRET_NAME.test(name))
      part.refuse("must be a secret's name: letters, digits and / _ + = . @ -, no ARN and no wildcards");
    if (name.startsWith(OWN_SECRETS) || own.includes(name)) part.refuse(NOT_HANDED_OUT);
  }
  return { type: "secret", actions: ["read"], identifiers };
}

/** Message of a refused secret, and of one that does not exist, so that no caller learns which secrets exist. */
export const NOT_HANDED_OUT = "is not a secret that this deployment hands out";

/** Lists a question for each secret. */
export const describeSecret = ({ identifiers }: SecretDetail): readonly Question[] =>
  identifiers.map((name) => ({
    action: "secret:Read",
    groups: SECRET.actions["secret:Read"].groups,
    target: name,
    resource: { uid: { type: "Secret", id: name }, attrs: { name }, parents: [] },
  }));

export function narrowSecret(detail: SecretDetail, permitted: readonly Question[]): readonly SecretDetail[] {
  const identifiers = detail.identifiers.filter((name) => permitted.some(({ target }) => target === name));
  return identifiers.length === 0 ? [] : [{ ...detail, identifiers }];
}
