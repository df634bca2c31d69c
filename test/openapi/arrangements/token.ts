import type * as token from "../../../contract/token.ts";
import { FakeService } from "../../fakes/world/service.ts";
import { ACCOUNT, type FakeWorld } from "../../fakes/world/world.ts";
import type { ArrangementsOf } from "../from-contract.ts";
import { approve, askingPeople, pollForm, waitingTask } from "../recording/approvals.ts";
import type { Call } from "../recording/call.ts";
import {
  belowForm,
  delegationForm,
  federateForm,
  personForm,
  presentationForm,
  prolongForm,
  startForm,
  startTask,
  tokenCall,
} from "../recording/story.ts";
import { exchangeRefusals } from "../refused/exchange.ts";

const starting = async (world: FakeWorld): Promise<Call> => tokenCall(startForm(world));

const LIST_WITH_PREFIX = [
  {
    type: "aws",
    account: ACCOUNT,
    actions: ["s3:ListBucket"],
    resources: ["arn:aws:s3:::acme-data"],
    conditions: { StringLike: { "s3:prefix": "reports/*" } },
  },
];

/** Calls of the operation on tokens. */
export const TOKEN = {
  exchangeToken: {
    examples: {
      "start-a-task": starting,
      "start-a-task-with-conditions": async (world) =>
        tokenCall(
          startForm(world, {
            authorization_details: JSON.stringify(LIST_WITH_PREFIX),
            task_ttl: "300",
            idempotency_key: "weekly-report-2026-48",
          }),
        ),
      "get-a-presentation-token": async (world) => tokenCall(presentationForm((await startTask(world)).token)),
      "get-a-token-for-a-tool-server": async (world) => tokenCall(federateForm(world)),
      "get-a-delegation-token": async (world) =>
        tokenCall(
          delegationForm((await startTask(world)).token, {
            authorization_details: '[{"type":"tool","server":"tickets","tools":["search"]}]',
            task_ttl: "300",
          }),
        ),
      "start-a-task-below-another": async (world) => tokenCall(await belowForm(world, await startTask(world))),
      "start-a-task-for-a-person": async (world) => tokenCall(personForm(world)),
      "prolong-a-task-for-a-person": async (world) => {
        const { token } = await new FakeService(world).start({ ...personForm(world), task_ttl: "7200" });
        world.pass(1_800);
        return tokenCall(prolongForm(world, token));
      },
      "start-a-task-that-waits": async (world) => ({ ...tokenCall(startForm(world)), meanwhile: askingPeople() }),
      "start-a-task-that-people-approve-for-a-week": async (world) => ({
        ...tokenCall(startForm(world, { standing: "5/7d" })),
        meanwhile: askingPeople('@approval("sre") @standing("5/7d")'),
      }),
      "ask-whether-people-have-decided": async (world) => {
        const held = await waitingTask(world);
        await approve(world, held);
        return { ...tokenCall(pollForm(held.token)), meanwhile: askingPeople() };
      },
    },
    refused: exchangeRefusals(starting),
  },
} as const satisfies ArrangementsOf<typeof token>;
