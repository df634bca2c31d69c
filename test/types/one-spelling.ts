import type { ActionName } from "../../functions/core/catalogue/action-name.ts";
import { namesAction } from "../../functions/core/catalogue/action-name.ts";
import type { AwsDetail } from "../../functions/core/intent/detail.ts";
import type { RequestedPair } from "../../functions/core/ledger/coverage.ts";

// Texts from outside that must not compile where an action in its one spelling is expected. `tsc` fails where a line
// below would compile.

declare const written: string;
declare const name: ActionName;

export const right: boolean = namesAction(name, name);

// @ts-expect-error a requested action that nobody has folded is compared with a call
export const compared: boolean = namesAction(written, name);

// @ts-expect-error a detail with an action as an agent wrote it
export const detail: AwsDetail = { type: "aws", account: "111122223333", actions: [written], resources: ["*"] };

// @ts-expect-error a requested pair with an action as somebody wrote it
export const pair: RequestedPair = { action: written, resource: "*" };
