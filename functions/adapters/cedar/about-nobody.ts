import type { ActionName } from "../../core/catalogue/action-name.ts";
import { accountId } from "../../core/deployment/account-id.ts";
import type { Pair } from "../../core/intent/pairs.ts";
import { queryFor } from "../../core/policy/entities.ts";
import type { Query } from "../../core/policy/query.ts";

const NOTHING: Pair = {
  kind: "resource",
  action: "" as ActionName,
  groups: [],
  mints: false,
  isPattern: true,
  target: "*",
  service: "",
  region: "",
  account: accountId("000000000000"),
  arnNamesAccount: false,
};

const NOBODY = {
  agent: { id: "", owner: "", team: "" },
  claims: {},
  purpose: "",
  ttlSeconds: 900,
  sourceIp: "192.0.2.1",
  atMs: 0,
} as const;

/** Query in the form of a request's query, whose principal, action and resource do not exist. */
export const ABOUT_NOBODY: Query = queryFor(NOTHING, NOBODY, "tags");
