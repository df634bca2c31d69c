/**
 * Actions of DynamoDB for each access. Transactions have no right of their own: they need the right for each item in them. Scan, writes in batches and PartiQL
 * are missing because no function uses them. A Scan has no leading key at all.
 */
export const ACTIONS = {
  get: "dynamodb:GetItem",
  query: "dynamodb:Query",
  put: "dynamodb:PutItem",
  update: "dynamodb:UpdateItem",
  remove: "dynamodb:DeleteItem",
  /** Condition, in a transaction, on an item that the transaction does not change. */
  check: "dynamodb:ConditionCheckItem",
} as const;
export type Access = keyof typeof ACTIONS;
