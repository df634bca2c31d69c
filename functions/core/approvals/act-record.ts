import { createHash } from "node:crypto";
import { canonicalJson } from "../../../contract/canonical-json.ts";

/** Act of an operator: one request of the API, by which a person gives something or ends something for good. */
export interface Act {
  readonly method: "POST";
  /** Path of the route, with its parameters filled in. */
  readonly path: string;
  /** Body of the request, without the vote. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Act that a person votes for. Every field is hashed, so a vote fits one act and no other. */
export interface ActRecord {
  readonly version: 1;
  /** URL of the deployment: a vote for one hub counts at no other. */
  readonly hub: string;
  readonly act: Act;
  /** 128 bits, base64url. */
  readonly nonce: string;
  /** Epoch seconds. */
  readonly created_at: number;
}

/** Lifetime of a record of an act; seconds. The person signs in within it. */
export const ACT_SECONDS = 300;

/** Computes the nonce of the vote for an act. A vote for an approval never has such a nonce, nor the reverse. */
export const actHash = (record: ActRecord): string =>
  createHash("sha256")
    .update(`valetkey/act/v1\n${canonicalJson(record)}`)
    .digest("base64url");

/** Derives the id of what an act creates from the voted hash. One vote thus creates one thing. */
export const actId = (hash: string): string => Buffer.from(hash, "base64url").toString("hex").slice(0, 32);
