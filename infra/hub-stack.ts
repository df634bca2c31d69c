import { Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import type { Config } from "../scripts/config-schema.ts";
import { FrontDoor } from "./constructs/front-door.ts";
import { hubFunctions } from "./constructs/hub-functions.ts";
import { RevocationPath } from "./constructs/revocation-path.ts";
import { RevocationQueue } from "./constructs/revocation-queue.ts";
import { TaskTable } from "./constructs/task-table.ts";
import { Watch } from "./constructs/watch.ts";
import { hubScopeOf } from "./hub-scope.ts";

/** What a hub is made from. */
export interface HubStackProps extends StackProps {
  readonly config: Config;
  /** The directory with the checked configuration and policies, shipped beside the functions that decide. */
  readonly deploymentDir: string;
}

/** The hub: the API, one function for each level of trust, the table, the way of a revocation, the alarms. */
export class HubStack extends Stack {
  constructor(scope: Construct, id: string, { config, deploymentDir, ...props }: HubStackProps) {
    super(scope, id, { ...props, env: config.hub });
    const table = new TaskTable(this, "Tasks");
    const queue = new RevocationQueue(this, "Revocations");
    const functions = hubFunctions(this, { scope: hubScopeOf(config), table, queue, deploymentDir });
    const { sweep, relay, reconcile } = functions;
    new RevocationPath(this, "RevocationPath", { table, queue, sweep, relay, reconcile });
    const { api } = new FrontDoor(this, "FrontDoor", functions);
    new Watch(this, "Watch", { functions, queue, api });
  }
}
