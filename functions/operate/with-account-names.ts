import type { TaskList } from "../../contract/tasks.ts";
import { accountNames } from "../core/deployment/account-names.ts";
import type { Deployment } from "../core/deployment/deployment.ts";

/** Adds the names of the accounts that the tasks of an answer may call. Names no account of a task that is left out. */
export const withAccountNames = <T extends Pick<TaskList, "tasks">>(list: T, deployment: Deployment) => ({
  ...list,
  ...accountNames(
    list.tasks.flatMap(({ authorization_details: details }) =>
      details.flatMap((detail) => ("account" in detail && typeof detail.account === "string" ? [detail.account] : [])),
    ),
    deployment,
  ),
});
