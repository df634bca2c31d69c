import { createHash } from "node:crypto";
import { canonicalJson } from "../../../contract/canonical-json.ts";
import { HASH_DOMAINS } from "../../../contract/names.ts";
import type { VotedAct } from "../../../contract/voted-records.ts";

/** Act that a person votes for. Every field is hashed, so a vote fits one act and no other. */
export interface ActRecord extends VotedAct {}

/** Act of an operator: one request of the API, by which a person gives something or ends something for good. */
export type Act = ActRecord["act"];

/** Lifetime of a record of an act; seconds. The person signs in within it. */
export const ACT_SECONDS = 300;

/** Computes the nonce of the vote for an act. A vote for an approval never has such a nonce, nor the reverse. */
export const actHash = (record: ActRecord): string =>
  createHash("sha256")
    .update(`${HASH_DOMAINS.act}\n${canonicalJson(record)}`)
    .digest("base64url");

/** Derives the id of what an act creates from the voted hash. One vote thus creates one thing. */
export const actId = (hash: string): string => Buffer.from(hash, "base64url").toString("hex").slice(0, 32);
