import type { DetailsGranted } from "../../../contract/authorization-details.ts";
import { serviceOf } from "../../core/catalogue/action-name.ts";
import type { Detail } from "../../core/intent/detail.ts";
import type { SessionLease } from "../../core/tasks/task.ts";

/** Describes granted details in a form that can be requested again: without the number of their lease. */
export const describeDetails = (details: readonly Detail[]): DetailsGranted =>
  details.map((detail) => {
    if (detail.type !== "aws") return { ...detail };
    const { lease: _, ...stated } = detail;
    return stated;
  });

/** Lists the services of a lease's actions, by their prefixes, each once: `["s3"]`. */
export const servicesOf = (lease: Pick<SessionLease, "name">, details: readonly Detail[]): readonly string[] => {
  const served = servedBy(lease, details).map((index) => details[index]);
  const actions = served.flatMap((detail) => (detail?.type === "aws" ? detail.actions : []));
  return [...new Set(actions.map(serviceOf))].sort();
};

/** Lists the details that a lease serves, by their indices in the granted intent. */
export const servedBy = ({ name }: Pick<SessionLease, "name">, details: readonly Detail[]): readonly number[] =>
  details.flatMap((detail, index) => (detail.type === "aws" && name === `aws-${detail.lease}` ? [index] : []));
