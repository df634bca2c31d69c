import type { Catalogue } from "../../functions/core/catalogue/catalogue.ts";
import type { Finding } from "../read/finding.ts";
import type { Inspected } from "../read/inspect-policies.ts";
import { unreachable } from "./unreachable.ts";

/** Every error in the policies: with one of these nothing is deployed. */
export const errorsIn = ({ faults, policies }: Inspected, catalogue: Catalogue): readonly Finding[] => [
  ...faults,
  ...policies.flatMap((each) => unreachable(each, catalogue)).filter(({ level }) => level === "error"),
];
