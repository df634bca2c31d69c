/** List prices in us-east-1, each with its source; US dollars. */
export const PRICES = {
  "write unit": {
    dollars: 0.625e-6,
    source: "DynamoDB on demand, $0.625 a million (quoted from the AWS Price List API of 2026-09-13)",
  },
  "read unit": {
    dollars: 0.125e-6,
    source: "DynamoDB on demand, $0.125 a million (quoted from the AWS Price List API of 2026-09-13)",
  },
  "API request": {
    dollars: 1e-6,
    source: "HTTP API, $1.00 a million (quoted from the AWS Price List API of 2026-09-13)",
  },
  invocation: { dollars: 0.2e-6, source: "Lambda, $0.20 a million (quoted from the AWS Price List API of 2026-09-13)" },
  "GB-second": {
    dollars: 13.3334e-6,
    source: "Lambda on arm64, $0.0000133334 (quoted from the AWS Price List API of 2026-09-13)",
  },
  "queue request": {
    dollars: 0.5e-6,
    source: "SQS FIFO, $0.50 a million (quoted from the pricing page of March 2026)",
  },
  "S3 list": {
    dollars: 5e-6,
    source:
      "S3, lists and puts $0.005 a thousand (quoted from the pricing page); of a list of buckets this is the most",
  },
  "bus event": {
    dollars: 1e-6,
    source: "EventBridge, $1.00 a million events of one's own (quoted from the pricing page)",
  },
  signature: {
    dollars: 15e-6,
    source: "KMS, $0.15 for 10,000 signatures of an Ed25519 key (quoted from the pricing page)",
  },
  "log GB": { dollars: 0.5, source: "CloudWatch Logs, $0.50 a GB (quoted from the pricing page)" },
  "seldom read log GB": {
    dollars: 0.25,
    source: "CloudWatch Logs, infrequent access, $0.25 a GB (quoted from the pricing page)",
  },
} as const satisfies Record<string, { readonly dollars: number; readonly source: string }>;

export type Unit = keyof typeof PRICES;

/** Note on items without a charge. Storage is not counted. */
export const FREE =
  "free: STS, IAM, Lambda's reads of the stream, scheduled rules, removal by TTL; not counted: storage";
