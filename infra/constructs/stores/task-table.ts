import { RemovalPolicy } from "aws-cdk-lib";
import {
  AttributeType,
  BillingMode,
  CfnTable,
  type ITable,
  StreamViewType,
  Table,
  TableEncryption,
} from "aws-cdk-lib/aws-dynamodb";
import { Construct } from "constructs";
import { TABLE_KEYS } from "../../../functions/names.ts";
import type { HubScope } from "../../arns.ts";
import type { Config } from "../../config/schema.ts";
import { streamPolicy, tablePolicy } from "../../foreign-principals.ts";
import { policyDocument } from "../../policy-document.ts";

/**
 * valetkey's one table: registrations, tasks, and the journal.
 * - No index and no replica: reads that must see every ending are strong, in one Region (docs/design.md#racing).
 * - Encrypted with DynamoDB's own key. The table has hashes of task tokens, and no AWS credentials: a customer key would protect nothing more. It would add a
 *   price and a dependency to every vend.
 */
export class TaskTable extends Construct {
  readonly table: Pick<ITable, "tableName">;
  readonly streamArn: string;

  /**
   * Makes the table, or refers to a restored one.
   * @param hub hub of a table that is made. A restored table has no resource policy until a person puts it (docs/deploying.md).
   * @param restored restored table in its place. A person made it, since CloudFormation cannot adopt a table that it did not make.
   */
  constructor(scope: Construct, id: string, hub: HubScope, restored?: Config["table"]) {
    super(scope, id);
    const table = restored
      ? Table.fromTableAttributes(this, "Restored", { tableName: restored.name, tableStreamArn: restored.stream })
      : this.#newTable(hub);
    this.table = table;
    const streamArn = table.tableStreamArn;
    if (streamArn === undefined) throw new Error("the table has no stream: set `stream` in task-table.ts");
    this.streamArn = streamArn;
  }

  #newTable(hub: HubScope): Table {
    const table = new Table(this, "Table", {
      tableName: hub.tableName,
      resourcePolicy: policyDocument(tablePolicy(hub)),
      partitionKey: { name: TABLE_KEYS.partition, type: AttributeType.STRING },
      sortKey: { name: TABLE_KEYS.sort, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.DEFAULT,
      timeToLiveAttribute: TABLE_KEYS.ttl,
      // The relay needs new images only.
      stream: StreamViewType.NEW_IMAGE,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // Protects the journal, which outlives the stack, against an accidental deletion.
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const { defaultChild: resource } = table.node;
    if (!(resource instanceof CfnTable))
      throw new Error("the table is no AWS::DynamoDB::Table: give its stream a policy");
    resource.addPropertyOverride("StreamSpecification.ResourcePolicy", {
      PolicyDocument: policyDocument(streamPolicy(hub)).toJSON(),
    });
    return table;
  }
}
