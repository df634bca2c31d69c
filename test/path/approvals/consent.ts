import { TOKEN_TYPES } from "../../../contract/names.ts";
import type { Answer } from "../../fakes/world/service.ts";
import { fakeWorld } from "../../fakes/world/world.ts";
import { APPROVING, ApprovalScene, permitting, type WaitingHeld } from "./approving.ts";

/** Policy on people; `annotations` are its terms. */
export const people = (annotations = ""): string =>
  `${annotations} permit (principal is User, action == Action::"s3:GetObject", resource is AWS::Resource);`;

/** Claims in a vote's token of a person who approves nothing for others. */
export const OWN = { groups: ["support"] };

/** Scene of an agent that acts for Pat, whose consent is required. */
export class ConsentScene extends ApprovalScene {
  constructor(
    texts: readonly string[] = [permitting("@consent"), people()],
    world = fakeWorld({ deployment: APPROVING }),
  ) {
    super(texts, world);
  }

  /** Form of a request for a person. */
  for(sub = "pat", changed: Parameters<ApprovalScene["ask"]>[0] = {}) {
    return {
      ...{ subject_token: this.world.personToken({ sub }), subject_token_type: TOKEN_TYPES.idToken },
      ...{ actor_token: this.world.agentToken(), actor_token_type: TOKEN_TYPES.idToken },
      ...changed,
    };
  }

  /** Opens a task that waits for a person's consent. */
  asked(sub = "pat", changed: Parameters<ApprovalScene["ask"]>[0] = {}): Promise<WaitingHeld> {
    return this.waiting(this.for(sub, changed));
  }

  /** The person votes, as `approve` would store it. */
  consent(held: WaitingHeld, sub = "pat", changed: object = {}) {
    return this.vote(held, sub, { ...OWN, ...changed });
  }

  /** The person votes through the route. */
  decide(held: WaitingHeld, sub = "pat", body: object = {}, claims: object = OWN): Promise<Answer> {
    return this.service.operate("POST /v1/approvals/{approval}/decide", {
      parameters: { approval: held.approval },
      body: { decision: "approve", vote: this.voteToken([held.approval], sub, { ...claims }), ...body },
      token: this.world.operatorToken({ sub, ...claims }),
    });
  }

  read({ approval }: Pick<WaitingHeld, "approval">, sub = "pat", claims: object = OWN): Promise<Answer> {
    return this.service.operate("GET /v1/approvals/{approval}", {
      parameters: { approval },
      token: this.world.operatorToken({ sub, ...claims }),
    });
  }

  list(sub = "pat", claims: object = OWN): Promise<Answer> {
    return this.service.operate("GET /v1/approvals", { token: this.world.operatorToken({ sub, ...claims }) });
  }
}
