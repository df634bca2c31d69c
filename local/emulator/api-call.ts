import type { ContextValues } from "./need.ts";

/** One decision of IAM, with what CloudTrail would log and more. A call has one decision for each of its needs. */
export interface ApiCall {
  /** Epoch milliseconds */
  readonly at: number;
  /** `dynamodb` */
  readonly service: string;
  /** `TransactWriteItems` */
  readonly operation: string;
  /** `dynamodb:PutItem` */
  readonly action: string;
  readonly resource: string;
  /** `arn:aws:sts::111122223333:assumed-role/role/session` */
  readonly principalArn: string;
  readonly sessionName: string;
  readonly accessKeyId: string;
  readonly sourceIdentity?: string;
  /** Access key of the copy of the session that the call makes; absent where it is denied. */
  readonly copyKeyId?: string;
  readonly decision: "Allowed" | "Denied";
  /** Condition keys that the decision saw. */
  readonly context: ContextValues;
  /** End of AWS's sentence; only of a denial. */
  readonly why?: string;
}
