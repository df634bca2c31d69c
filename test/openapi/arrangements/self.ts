import { RATE_LIMITS } from "../../../contract/limits.ts";
import type * as self from "../../../contract/self.ts";
import { ACCOUNT, type FakeWorld } from "../../fakes/world/world.ts";
import type { ArrangementsOf } from "../from-contract.ts";
import { askingPeople } from "../recording/approvals.ts";
import { type Arrange, answerTo, type Call } from "../recording/call.ts";
import { belowForm, startForm, startTask } from "../recording/story.ts";
import { refusedForms } from "../refused/body.ts";
import { whileCooling } from "../refused/halted.ts";
import { refusedIdentities } from "../refused/identity.ts";
import { whenPort } from "../refused/outage.ts";

const about = (form: Readonly<Record<string, string>>): Call => ({ route: "POST /v1/decide", body: { form } });

const PAYROLL = [
  { type: "aws", account: ACCOUNT, actions: ["s3:GetObject"], resources: ["arn:aws:s3:::acme-payroll/2026/*"] },
];

const deciding: Arrange = async (world) => about(startForm(world));

const whoAmI = (token: string): Call => ({ route: "GET /v1/self", bearer: token });
const reading: Arrange = async (world) => whoAmI(world.agentToken());

const ownReach = (token: string): Call => ({ route: "GET /v1/self/reach", bearer: token });
const reaching: Arrange = async (world) => ownReach(world.agentToken());

const flooded =
  (arrange: Arrange): Arrange =>
  async (world: FakeWorld) => {
    await answerTo(await arrange(world), world);
    world.ports.rateLimits.fill("question", RATE_LIMITS.question);
    return arrange(world);
  };

/** Calls of the operations of an agent about itself. */
export const SELF = {
  readSelf: {
    examples: {
      self: async (world) => {
        await startTask(world);
        return reading(world);
      },
    },
    refused: {
      ...refusedIdentities(async (_, token) => whoAmI(token)),
      token_replayed: async (world) => {
        const form = startForm(world);
        await startTask(world, form);
        return whoAmI(form.subject_token ?? "");
      },
      too_many_requests: flooded(reading),
      overloaded: async (world) => ({ ...(await reading(world)), waitedMs: 9_000 }),
      store_unavailable: whenPort("agents", "read", "store_unavailable", reading),
    },
  },
  readOwnReach: {
    examples: { reach: reaching },
    refused: {
      ...refusedIdentities(async (_, token) => ownReach(token)),
      token_replayed: async (world) => {
        const form = startForm(world);
        await startTask(world, form);
        return ownReach(form.subject_token ?? "");
      },
      too_many_requests: flooded(reaching),
      store_unavailable: whenPort("agents", "withBinding", "store_unavailable", reaching),
    },
  },
  decideRequest: {
    examples: {
      permitted: deciding,
      approval: async (world) => ({ ...(await deciding(world)), meanwhile: askingPeople() }),
      refused: async (world) => about(startForm(world, { authorization_details: JSON.stringify(PAYROLL) })),
    },
    refused: {
      ...refusedForms(deciding),
      malformed_request: async (world) => about(startForm(world, { purpose: "" })),
      unsupported_grant_type: async (world) => about(startForm(world, { grant_type: "client_credentials" })),
      unsupported_token_type: async (world) =>
        about(startForm(world, { subject_token_type: "urn:ietf:params:oauth:token-type:saml2" })),
      delegation_token_invalid: async (world) => {
        const form = await belowForm(world, await startTask(world));
        return about({ ...form, actor_token: world.agentToken() });
      },
      intent_invalid: async (world) => about(startForm(world, { authorization_details: "[]" })),
      ...refusedIdentities(async (world, token) => about(startForm(world, { subject_token: token }))),
      agent_cooling_down: whileCooling(deciding),
      token_replayed: async (world) => {
        const form = startForm(world);
        await startTask(world, form);
        return about(form);
      },
      too_many_requests: flooded(deciding),
      overloaded: async (world) => ({ ...(await deciding(world)), waitedMs: 9_000 }),
      store_unavailable: whenPort("agents", "read", "store_unavailable", deciding),
    },
  },
} as const satisfies ArrangementsOf<typeof self>;
