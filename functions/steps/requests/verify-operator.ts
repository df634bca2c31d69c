import { brand } from "../../core/brand.ts";
import { defined } from "../../core/defined.ts";
import type { Deployment } from "../../core/deployment/deployment.ts";
import { checkClaims } from "../../core/identity/check-claims.ts";
import type { Claims } from "../../core/identity/claims.ts";
import { groupsIn } from "../../core/identity/groups-in.ts";
import type { Issuer } from "../../core/identity/issuer.ts";
import { issuerOf } from "../../core/identity/issuer-of.ts";
import { refuseActorsIn } from "../../core/identity/may-act.ts";
import { isSamePerson, type Person, personId, personIn } from "../../core/identity/person.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";

declare const proven: unique symbol;

/** Person who has proven their identity. Policy decides what they may do. */
export interface OperatorIdentity {
  readonly [proven]: true;
  readonly person: Person;
  /** Claims of the token, by which the person may be in a group of approvers. */
  readonly claims: Claims;
  /** `issuer|person`: the value of the issuer's person claim, which is unique only at its issuer. */
  readonly id: string;
  /** Groups as `issuer|group`, since a group belongs to its issuer. */
  readonly groups: readonly string[];
  /** True for one of the first operators in `valetkey.json`. */
  readonly isFirst: boolean;
}

/**
 * Verifies a person's token, from people's issuers only.
 * @throws {Refusal} operator_token_invalid for any fault of the token; outages such as issuer_unreachable unchanged.
 */
export async function verifyOperator(
  token: string | undefined,
  ports: Pick<Ports, "deployment" | "clock" | "tokens">,
): Promise<OperatorIdentity> {
  if (token === undefined) throw new Refusal("operator_token_invalid", { lacksToken: true });
  const { deployment } = ports;
  try {
    const issuer = issuerOf(token, deployment.issuers, "people");
    const { claims } = await ports.tokens.verify(token, issuer);
    checkClaims(claims, issuer, deployment.audiences.operate, ports.clock.nowMs() / 1_000);
    // An operator is a person alone: nobody operates for somebody else.
    refuseActorsIn(claims);
    return personProven(claims, issuer, deployment);
  } catch (error) {
    if (error instanceof Refusal && !error.isOutage) {
      const { say } = error.detail;
      throw new Refusal("operator_token_invalid", { why: error.code, ...defined({ say }) });
    }
    throw error;
  }
}

/**
 * Returns the person of a token whose signature was verified, for the evaluation of policy. The caller must have
 * checked the token's other claims.
 * @throws {Refusal} token_claims where the token names no person, or not every group.
 */
export function personProven(
  claims: Claims,
  issuer: Issuer,
  { operators }: Pick<Deployment, "operators">,
): OperatorIdentity {
  const person = personIn(claims, issuer);
  return brand<OperatorIdentity>({
    person,
    claims,
    id: personId(person),
    groups: groupsIn(claims, issuer),
    isFirst: operators.some(({ issuer: of, subject }) => isSamePerson({ issuer: of, value: subject }, person)),
  });
}
