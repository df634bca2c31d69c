import { accountId } from "../../../../functions/core/deployment/account-id.ts";
import type { Detail } from "../../../../functions/core/intent/detail.ts";
import { spreadIntent } from "../../../../functions/core/intent/spread-intent.ts";
import { Refusal } from "../../../../functions/core/refusal.ts";
import { spelled } from "../../../fakes/samples/spelled.ts";
import { catalogue } from "../catalogue/load-catalogue.ts";

export const ACCOUNT = accountId("111122223333");
export const aws = (actions: readonly string[], resources: readonly string[]): Detail => ({
  type: "aws",
  account: ACCOUNT,
  actions: spelled(...actions),
  resources,
});
export const pairs = (...details: readonly Detail[]) => spreadIntent(details, catalogue).flatMap((each) => each.pairs);
export function said(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

export const refusalOf = (...details: readonly Detail[]): string => {
  const error = said(() => pairs(...details));
  if (!(error instanceof Refusal)) throw new Error("the intent was not refused");
  return error.detail.say ?? "";
};
