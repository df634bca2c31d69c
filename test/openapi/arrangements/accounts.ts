import type * as accounts from "../../../contract/accounts.ts";
import { accountId } from "../../../functions/core/deployment/account-id.ts";
import { FakeService } from "../../fakes/world/service.ts";
import { ACCOUNT } from "../../fakes/world/world.ts";
import type { ArrangementsOf } from "../from-contract.ts";
import type { Arrange } from "../recording/call.ts";
import { refusedActs, voted } from "../refused/act.ts";
import { refusedJson } from "../refused/body.ts";
import { refusedOperators } from "../refused/operator.ts";
import { whenPort } from "../refused/outage.ts";

const REASON = "A key that nobody recorded was used there.";
const NOWHERE = accountId("123456789012");

const listing: Arrange = async (world) => ({ route: "GET /v1/accounts", bearer: world.operatorToken() });

const halting =
  (account = ACCOUNT): Arrange =>
  async (world) => ({
    route: "POST /v1/accounts/{account}/halt",
    bearer: world.operatorToken(),
    path: { account },
    body: { json: { reason: REASON } },
  });

const retiring: Arrange = async (world) => {
  await new FakeService(world).start();
  return { ...(await halting()(world)), body: { json: { reason: "The account is closed.", retire: true } } };
};

const lifting =
  (account = ACCOUNT): Arrange =>
  async (world) => ({
    route: "POST /v1/accounts/{account}/lift",
    bearer: world.operatorToken(),
    path: { account },
  });

/** Arranges the call after the account was halted. */
const whileHalted =
  (arrange: Arrange): Arrange =>
  async (world) => {
    await new FakeService(world).operate("POST /v1/accounts/{account}/halt", {
      parameters: { account: ACCOUNT },
      body: { reason: REASON },
    });
    return arrange(world);
  };

const refusedFor = (arrange: Arrange) => ({
  ...refusedOperators(arrange),
  store_unavailable: whenPort("accountHalts", undefined, "store_unavailable", arrange),
});

const [LISTING, LIFTING] = [whileHalted(listing), whileHalted(lifting())];

/** Calls of the operations on target accounts. */
export const ACCOUNTS = {
  listAccounts: { examples: { halted: LISTING, none: listing }, refused: refusedFor(LISTING) },
  haltAccount: {
    examples: { halted: halting(), retiring },
    refused: {
      ...refusedFor(halting()),
      ...refusedJson(halting()),
      malformed_request: async (world) => ({ ...(await halting()(world)), body: { json: {} } }),
      account_not_found: halting(NOWHERE),
      contended: whenPort("accountHalts", "halt", "contended", halting()),
    },
  },
  liftAccount: {
    examples: { lifted: LIFTING, "with-a-vote": voted(LIFTING) },
    refused: {
      ...refusedFor(LIFTING),
      ...refusedActs(LIFTING),
      account_not_found: lifting(NOWHERE),
      contended: whenPort("accountHalts", "lift", "contended", LIFTING),
    },
  },
} as const satisfies ArrangementsOf<typeof accounts>;
