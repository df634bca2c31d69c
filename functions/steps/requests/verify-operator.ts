import { checkClaims } from "../../core/identity/check-claims.ts";
import { groupsIn } from "../../core/identity/groups-in.ts";
import { issuerOf } from "../../core/identity/issuer-of.ts";
import { made } from "../../core/made.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";

declare const proven: unique symbol;

/** A person who has proven who they are. What they may do is policy's to say. */
export interface OperatorIdentity {
  readonly [proven]: true;
  /** `issuer|sub`: a subject is unique at its issuer only. */
  readonly id: string;
  /** `issuer|group` each: a group is its issuer's only. */
  readonly groups: readonly string[];
  /** Named in `valetkey.json` as one of the first operators. */
  readonly isFirst: boolean;
}

/**
 * The person whose token this is; only people's issuers are asked.
 * @throws {Refusal} operator_token_invalid for whatever is wrong with it; issuer_unreachable stays an outage.
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
    const { subject } = checkClaims(claims, issuer, deployment.audiences.operate, ports.clock.nowMs() / 1_000);
    return made<OperatorIdentity>({
      id: `${issuer.name}|${subject}`,
      groups: groupsIn(claims, issuer),
      isFirst: deployment.operators.some((operator) => operator.issuer === issuer.name && operator.subject === subject),
    });
  } catch (error) {
    if (error instanceof Refusal && !error.isOutage) {
      const { say } = error.detail;
      throw new Refusal("operator_token_invalid", { why: error.code, ...(say === undefined ? {} : { say }) });
    }
    throw error;
  }
}
