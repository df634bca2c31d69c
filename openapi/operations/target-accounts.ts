import { FakeService } from "../../fakes/fake-service.ts";
import { ACCOUNT } from "../../fakes/fake-world.ts";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import type { RouteKey } from "../../functions/routes.ts";
import type { Operation } from "../operation.ts";
import type { Arrange } from "../recording/call.ts";
import { refusedActs, voted } from "../refused/act.ts";
import { refusedJson } from "../refused/body.ts";
import { refusedOperators } from "../refused/operator.ts";
import { whenPort } from "../refused/outage.ts";

const REASON = "A key that nobody recorded was used there.";

const of =
  (route: RouteKey, isHalted: boolean, account = ACCOUNT): Arrange =>
  async (world) => {
    if (isHalted)
      await new FakeService(world).operate("POST /v1/accounts/{account}/halt", {
        parameters: { account: ACCOUNT },
        body: { reason: REASON },
      });
    return { route, bearer: world.operatorToken(), ...(route === LIST ? {} : { path: { account } }) };
  };

const LIST = "GET /v1/accounts" satisfies RouteKey;
const HALT = "POST /v1/accounts/{account}/halt" satisfies RouteKey;
const LIFT = "POST /v1/accounts/{account}/lift" satisfies RouteKey;
const NOWHERE = accountId("123456789012");

const listing = of(LIST, true);
const halting =
  (account = ACCOUNT): Arrange =>
  async (world) => ({ ...(await of(HALT, false, account)(world)), body: { json: { reason: REASON } } });
const retiring: Arrange = async (world) => {
  await new FakeService(world).start();
  return { ...(await of(HALT, false)(world)), body: { json: { reason: "The account is closed.", retire: true } } };
};
const lifting = of(LIFT, true);

const refusedFor = (arrange: Arrange) => ({
  ...refusedOperators(arrange),
  store_unavailable: whenPort("accountHalts", undefined, "store_unavailable", arrange),
});

/** `GET /v1/accounts` */
export const listAccountsOperation: Operation = {
  id: "listAccounts",
  tag: "Operators",
  description:
    "All target accounts, and for each whether it is halted: since when, by whom and why; or who lifted its latest halt.",
  answer: { status: 200, says: "The target accounts.", schema: "AccountList" },
  accepted: {
    halted: { says: "One of them is halted", arrange: listing },
    none: { says: "None is halted", arrange: of(LIST, false) },
  },
  refused: refusedFor(listing),
};

/** `POST /v1/accounts/{account}/halt` */
export const haltAccountOperation: Operation = {
  id: "haltAccount",
  tag: "Operators",
  description:
    "From now on no task is opened and no key is renewed in the account. Keys that were handed out before work until their fence, 15 minutes at most, or until their task ends; other accounts go on. May be repeated: the latest halt is the one that counts. With `retire`, the account leaves: the tasks there end at once, and so do the tasks of sub-agents below them. `state` is `retired` once none of their sessions can be alive.",
  body: { mediaType: "application/json", schema: "AccountReason" },
  answer: { status: 200, says: "The account, halted.", schema: "TargetAccount" },
  accepted: {
    halted: { says: "The account is halted", arrange: halting() },
    retiring: { says: "The account leaves", arrange: retiring },
  },
  refused: {
    ...refusedFor(halting()),
    ...refusedJson(halting()),
    malformed_request: async (world) => ({ ...(await halting()(world)), body: { json: {} } }),
    account_not_found: halting(NOWHERE),
    contended: whenPort("accountHalts", "halt", "contended", halting()),
  },
};

/** `POST /v1/accounts/{account}/lift` */
export const liftAccountOperation: Operation = {
  id: "liftAccount",
  tag: "Operators",
  description:
    "Agents get credentials in the account again. Earlier incidents do not halt the account again, however late their events come. A halt that comes meanwhile stays. Where `stepUp` is on, the body has the vote; elsewhere it is ignored. Without a halt nothing changes.",
  body: { mediaType: "application/json", schema: "ActVote", optional: true },
  answer: { status: 200, says: "The account, not halted.", schema: "TargetAccount" },
  accepted: {
    lifted: { says: "A halt that was lifted just now", arrange: lifting },
    "with-a-vote": { says: "The same, with the vote that `stepUp` asks for", arrange: voted(lifting) },
  },
  refused: {
    ...refusedFor(lifting),
    ...refusedActs(lifting),
    account_not_found: of(LIFT, false, NOWHERE),
    contended: whenPort("accountHalts", "lift", "contended", lifting),
  },
};
