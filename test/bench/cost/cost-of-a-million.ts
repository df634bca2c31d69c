import { statSync } from "node:fs";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { FUNCTIONS, type FunctionName } from "../../../contract/names.ts";
import { BenchAgent } from "../cloud/bench-agent.ts";
import { type BenchCloud, startBenchCloud } from "../cloud/bench-cloud.ts";
import type { Row, Run } from "../row.ts";
import type { Stage, Usage } from "./bill.ts";
import type { WireItem } from "./capacity-units.ts";
import { costRow } from "./cost-row.ts";
import { restRow } from "./hub-at-rest.ts";
import { ACCESS_LOG_BYTES, gbSeconds } from "./lambda.ts";
import { idleMonth } from "./month.ts";
import { observationRow } from "./observation.ts";
import { metricsRow, siemRow } from "./siem.ts";
import { signedCallsRow } from "./signed-calls.ts";
import { storageRow } from "./storage.ts";
import { looksOfTheSweep } from "./sweeps.ts";
import { TableMeter } from "./table-meter.ts";

/**
 * Computes the cost of a million tasks from a single one, counted on the wire. A single task shares no work with other
 * endings.
 */
export async function costOfAMillion({ say, workDir }: Run): Promise<readonly Row[]> {
  const cloud = await startBenchCloud({ workDir });
  try {
    const meter = new TableMeter(await tableReader(cloud));
    const agent = await BenchAgent.register(cloud, "reporter");
    const first = await agent.vend(); // what is cached for a minute is cached now
    await agent.complete(first);
    await cloud.settled();

    say("one task, from its vend to the policy that denies it");
    const ledger: Usage[] = [];
    const account = new Account(cloud, meter, ledger);
    account.begin();
    const vended = await agent.vend();
    await account.close("vend");
    await agent.complete(vended);
    await cloud.settled();
    await account.close("end");
    say("what the sweep does with it later");
    const looks = await looksOfTheSweep();
    const rows = [costRow(ledger, meter, looks), restRow(idleMonth(looks.minutesOfASweep))];
    say("what it does, observed");
    const observed = await observationRow(cloud, meter, agent);
    say("a call that the hub signs");
    const signed = await signedCallsRow(cloud, meter, agent);
    return [...rows, observed, signed, siemRow(ledger), metricsRow(), storageRow(meter)];
  } finally {
    await cloud.close();
  }
}

/** Counter of a stage's usage: calls on the wire, invocations, log lines. */
class Account {
  readonly #cloud: BenchCloud;
  readonly #meter: TableMeter;
  readonly #ledger: Usage[];
  #invocations: Readonly<Record<FunctionName, number>> | undefined;
  #logBytes = 0;

  constructor(cloud: BenchCloud, meter: TableMeter, ledger: Usage[]) {
    this.#cloud = cloud;
    this.#meter = meter;
    this.#ledger = ledger;
  }

  begin(): void {
    this.#cloud.tap.calls.length = 0;
    this.#invocations = { ...this.#cloud.invocations };
    this.#logBytes = statSync(this.#cloud.logFile).size;
  }

  /** Closes a stage. The work of the relay and the reconciler counts as the stage `revoke`. */
  async close(stage: "vend" | "end"): Promise<void> {
    const stageOf = (name: FunctionName | undefined): Stage =>
      name === "relay" || name === "reconcile" ? "revoke" : stage;
    for (const call of this.#cloud.tap.calls) {
      const by = stageOf(this.#cloud.functionOf(call.accessKeyId));
      this.#ledger.push(...(await this.#meter.usagesOf([call], by)));
      const isEmpty = call.operation === "ReceiveMessage" && !call.answer.includes('"Messages"');
      if (call.service === "sqs" && !isEmpty)
        this.#ledger.push({ stage: by, what: call.operation, unit: "queue request", count: 1 });
    }
    for (const name of FUNCTIONS) {
      const count = this.#cloud.invocations[name] - (this.#invocations?.[name] ?? 0);
      // The filter of the deployed relay passes only endings and connectors' leases
      // (infra/constructs/paths/revocation-path.ts). The measured task has no connectors' leases. The deployed `collect`
      // waits for events of other tasks: its part is computed (month.ts).
      if (count === 0 || (name === "relay" && stage === "vend") || name === "collect") continue;
      const by = stageOf(name);
      this.#ledger.push(
        { stage: by, what: `${name}, invoked`, unit: "invocation", count },
        { stage: by, what: `${name}, running`, unit: "GB-second", count: count * gbSeconds(name) },
      );
    }
    this.#ledger.push(
      { stage, what: "HTTP API", unit: "API request", count: 1 },
      { stage, what: "access log", unit: "seldom read log GB", count: ACCESS_LOG_BYTES / 1e9 },
      {
        stage,
        what: "our log lines",
        unit: "log GB",
        count: (statSync(this.#cloud.logFile).size - this.#logBytes) / 1e9,
      },
    );
    this.begin();
  }
}

/** Makes a reader of the table's items that is not counted. */
async function tableReader({ aws, scope }: BenchCloud): Promise<(key: WireItem) => Promise<WireItem | undefined>> {
  const role = await aws.admin(scope.account).createRole({
    // An administrator, whom the table's own policy does not deny.
    name: "aws-reserved/sso.amazonaws.com/AWSReservedSSO_AdministratorAccess_bench",
    trust: { Version: "2012-10-17", Statement: [] },
    permissions: {
      read: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "dynamodb:GetItem", Resource: "*" }] },
    },
  });
  const { accessKeyId, secretAccessKey, sessionToken = "" } = aws.keysFor(role.arn, "bench-reader");
  const credentials = { accessKeyId, secretAccessKey, sessionToken };
  const client = new DynamoDBClient({ endpoint: aws.endpoint, region: scope.region, credentials });
  return async (key) => {
    const command = new GetItemCommand({ TableName: scope.tableName, Key: key as never, ConsistentRead: true });
    return (await client.send(command)).Item as WireItem | undefined;
  };
}
