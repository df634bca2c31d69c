import fc from "fast-check";
import { accountId } from "../../../functions/core/deployment/account-id.ts";

/** Account of the intents, and another whose resources must stay out of reach. */
export const ACCOUNT = accountId("111122223333");
export const OTHER_ACCOUNT = "444455556666";

/** A pattern as a list, so that it can be written in Cedar's way and in IAM's. */
export type Piece = string | typeof ANY;
export const ANY = Symbol("any run of characters");

const key = fc
  .array(fc.constantFrom("pub", "pii", "a", "b", "x:y"), { minLength: 1, maxLength: 3 })
  .map((segments) => segments.join("/"));
const object = fc
  .tuple(fc.constantFrom("acme", "acme-pii"), key)
  .map(([bucket, name]) => `arn:aws:s3:::${bucket}/${name}`);
const bucket = fc.constantFrom("arn:aws:s3:::acme", "arn:aws:s3:::acme-pii");
const queue = fc
  .tuple(fc.constantFrom("us-east-1", "eu-west-1"), fc.constantFrom("jobs", "jobs-pii"))
  .map(([region, name]) => `arn:aws:sqs:${region}:${ACCOUNT}:${name}`);
const table = fc
  .constantFrom("orders", "orders-pii")
  .map((name) => `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/${name}`);
const instance = fc.constantFrom("i-0", "i-1").map((name) => `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/${name}`);
const volume = fc.constant(`arn:aws:ec2:us-east-1:${ACCOUNT}:volume/vol-0`);
const role = fc.constant(`arn:aws:iam::${ACCOUNT}:role/deploy`);

/** One ARN, mostly of an S3 object: there the sets are largest, and the ARN names no account. */
export const arn = fc.oneof(
  { weight: 6, arbitrary: object },
  { weight: 2, arbitrary: bucket },
  { weight: 1, arbitrary: queue },
  { weight: 1, arbitrary: table },
  { weight: 1, arbitrary: instance },
  { weight: 1, arbitrary: volume },
  { weight: 1, arbitrary: role },
);

/** The text with up to three of its runs replaced by gaps, none before `from`. */
export const withGaps = (text: string, from: number): fc.Arbitrary<readonly Piece[]> =>
  fc
    .uniqueArray(fc.integer({ min: Math.min(from, text.length), max: text.length }), { minLength: 1, maxLength: 4 })
    .map((cuts) => {
      const [first = 0, ...rest] = cuts.sort((a, b) => a - b);
      const pieces: Piece[] = [text.slice(0, first), ANY];
      // Every second run is retained, so that gaps of all lengths occur, the empty one included.
      rest.forEach((cut, index) => {
        if (index % 2 === 0) pieces.push(text.slice(cut, rest[index + 1] ?? text.length), ANY);
      });
      return rest.length % 2 === 0 ? pieces : pieces.slice(0, -1);
    });

/** Start of the resource part of an ARN: the index after its fifth colon. */
export const resourceStart = (text: string): number => text.split(":", 5).join(":").length + 1;

export const inIam = (pieces: readonly Piece[]): string =>
  pieces.map((piece) => (piece === ANY ? "*" : piece)).join("");
export const inCedar = (pieces: readonly Piece[]): string =>
  pieces.map((piece) => (piece === ANY ? "*" : piece.replaceAll("*", "\\*"))).join("");

export const fill = (pieces: readonly Piece[], filling: string): string =>
  pieces.map((piece) => (piece === ANY ? filling : piece)).join("");
