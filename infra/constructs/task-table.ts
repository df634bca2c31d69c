import { RemovalPolicy } from "aws-cdk-lib";
import { AttributeType, BillingMode, StreamViewType, Table, TableEncryption } from "aws-cdk-lib/aws-dynamodb";
import { Construct } from "constructs";
import { TABLE_KEYS } from "../../functions/names.ts";
import { TABLE_NAME } from "../hub-scope.ts";

/**
 * The one table: what is registered, what is alive, and the journal.
 * No index and no replica: the reads that no ending may slip past are strong, in one Region (docs/design.md#racing).
 * Encrypted with the key that DynamoDB owns: a task token stands here as a hash and a credential not at all, so a key of
 * one's own would add a price and a dependency to every vend, and nothing to protect.
 */
export class TaskTable extends Construct {
  readonly table: Table;
  readonly streamArn: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.table = new Table(this, "Table", {
      tableName: TABLE_NAME,
      partitionKey: { name: TABLE_KEYS.partition, type: AttributeType.STRING },
      sortKey: { name: TABLE_KEYS.sort, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.DEFAULT,
      timeToLiveAttribute: TABLE_KEYS.ttl,
      // The relay needs what was written and never what was there before.
      stream: StreamViewType.NEW_IMAGE,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // The journal: it outlives the stack, and nobody deletes it by a slip.
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const streamArn = this.table.tableStreamArn;
    if (streamArn === undefined) throw new Error("the table has no stream: set `stream` in task-table.ts");
    this.streamArn = streamArn;
  }
}
