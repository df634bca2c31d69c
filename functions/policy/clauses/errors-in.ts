import type { Catalogue } from "../../core/catalogue/catalogue.ts";
import type { Finding } from "../read/finding.ts";
import type { Inspected } from "../read/inspect-policies.ts";
import { anyAccount } from "./any-account.ts";
import { unreachable } from "./unreachable.ts";

/** Part of a deployment on which errors of policies depend. */
export interface Within {
  /** Organisation whose units hold the accounts; absent where none is named. */
  readonly organization?: object | undefined;
}

/** Lists every error in the policies. Policies with an error cannot be deployed. */
export const errorsIn = (
  { faults, policies }: Inspected,
  catalogue: Catalogue,
  { organization }: Within = {},
): readonly Finding[] => [
  ...faults,
  ...(organization === undefined ? [] : policies.flatMap((each) => anyAccount(each, catalogue))),
  ...policies.flatMap((each) => unreachable(each, catalogue)).filter(({ level }) => level === "error"),
];
