import { FENCE_SECONDS } from "../../contract/limits.ts";
import { FakeService } from "../../fakes/fake-service.ts";
import { ACCOUNT, type FakeWorld } from "../../fakes/fake-world.ts";
import type { Operation } from "../operation.ts";
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

/** `POST /v1/token` */
export const exchangeToken: Operation = {
  id: "exchangeToken",
  tag: "Exchange",
  description: [
    "Eight exchanges at one address, distinguished by `grant_type`, `requested_token_type` and `subject_token_type` (RFC 8693).",
    "",
    "**Start a task.** The agent's OIDC token and its intent (`authorization_details`, RFC 9396) become a task and a task token, with AWS credentials for the details of type `aws`. Policy decides every pair of action and resource. All pairs are granted, or none: then `denials` lists what to request instead. " +
      `Credentials are dead at their \`Expiration\`, ${FENCE_SECONDS / 60} minutes from now or at the task's deadline, whichever is first; renew them meanwhile. An OIDC token is good for one exchange, unless its issuer is configured otherwise. An agent's registration limits its live tasks, and its requests for tasks in a minute.`,
    "",
    "**Get a presentation token.** The task token becomes a weaker one for one tool server.",
    "",
    "**Get a delegation token.** The task token becomes one with which one sub-agent can open one task below this one.",
    "",
    "**Start a task below another.** The delegation token and the sub-agent's own OIDC token (`actor_token`) become a task that can do no more than its parent, and ends with it. `act` is the chain of acting agents.",
    "",
    "**Start a task for a person.** The person's own token (`subject_token`), whose `may_act` names the agent, and the agent's OIDC token (`actor_token`) become a task. The task can do what policy permits both. `sub` is the person, `act` the agent.",
    "",
    "**Prolong a task for a person.** A fresh token of the person (`subject_token`) and the task token (`actor_token`, with `urn:valetkey:token-type:task` as its type) move the task's deadline, and renew the person's groups.",
    "",
    "**Poll for people's decision.** Where policy requires an approval, the start answers with a waiting task and its approval, without credentials. The task's holder polls each `interval` seconds, until the answer has the credentials or a refusal. The task token is `subject_token`, and both types are `urn:valetkey:token-type:task`.",
    "",
    "**Get a token for a tool server by an assertion.** The agent's OIDC token (`assertion`, RFC 7523) becomes a presentation token for the tool server at `resource`. `scope` names the tools. An assertion that is not accepted is an `invalid_grant` here, and a denial by policy an `invalid_scope` with status 400.",
    "",
    "The form contains the proof; the `Authorization` header is ignored.",
  ].join("\n"),
  body: { mediaType: "application/x-www-form-urlencoded", schema: "TokenRequest" },
  provenInForm: true,
  answer: { status: 200, says: "The token, and the granted details.", schema: "TokenResponse" },
  accepted: {
    "start-a-task": { says: "A task that reads reports and searches tickets", arrange: starting },
    "start-a-task-with-conditions": {
      says: "A short task that lists one folder of a bucket, and may be repeated",
      arrange: async (world) =>
        tokenCall(
          startForm(world, {
            authorization_details: JSON.stringify(LIST_WITH_PREFIX),
            task_ttl: "300",
            idempotency_key: "weekly-report-2026-48",
          }),
        ),
    },
    "get-a-presentation-token": {
      says: "A token to show to the tool server `tickets`",
      arrange: async (world) => tokenCall(presentationForm((await startTask(world)).token)),
    },
    "get-a-token-for-a-tool-server": {
      says: "A token for the tool server at `https://tickets.acme.test/mcp`, by an assertion",
      arrange: async (world) => tokenCall(federateForm(world)),
    },
    "get-a-delegation-token": {
      says: "A token with which the agent `helper` can start a task that only searches tickets",
      arrange: async (world) =>
        tokenCall(
          delegationForm((await startTask(world)).token, {
            authorization_details: '[{"type":"tool","server":"tickets","tools":["search"]}]',
            task_ttl: "300",
          }),
        ),
    },
    "start-a-task-below-another": {
      says: "The agent `helper` starts a task below another",
      arrange: async (world) => tokenCall(await belowForm(world, await startTask(world))),
    },
    "start-a-task-for-a-person": {
      says: "The agent `demo` starts a task for a person of support",
      arrange: async (world) => tokenCall(personForm(world)),
    },
    "prolong-a-task-for-a-person": {
      says: "Another hour for a task of two, by a fresh token of its person",
      arrange: async (world) => {
        const { token } = await new FakeService(world).start({ ...personForm(world), task_ttl: "7200" });
        world.pass(1_800);
        return tokenCall(prolongForm(world, token));
      },
    },
    "start-a-task-that-waits": {
      says: "A task that people have to approve first",
      arrange: async (world) => ({ ...tokenCall(startForm(world)), meanwhile: askingPeople() }),
    },
    "start-a-task-that-people-approve-for-a-week": {
      says: "A task that people have to approve first, and once for five runs of it within a week",
      arrange: async (world) => ({
        ...tokenCall(startForm(world, { standing: "5/7d" })),
        meanwhile: askingPeople('@approval("sre") @standing("5/7d")'),
      }),
    },
    "ask-whether-people-have-decided": {
      says: "The credentials, at the first poll after the votes",
      arrange: async (world) => {
        const held = await waitingTask(world);
        await approve(world, held);
        return { ...tokenCall(pollForm(held.token)), meanwhile: askingPeople() };
      },
    },
  },
  refused: exchangeRefusals(starting),
};
