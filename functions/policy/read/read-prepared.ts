import type * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import type { PreparedPolicy } from "../../core/policy/prepared-policy.ts";
import type { ReadPolicy } from "./parse-policies.ts";
import { PolicyText, SourceFile } from "./source-text.ts";
import { spelledOut } from "./spelled-out.ts";

/** Reads policies as the build shipped them. Their files are unknown, so a policy's id takes the place of its file. */
export const readPrepared = (prepared: readonly PreparedPolicy[]): readonly ReadPolicy[] =>
  prepared.map((policy) => {
    const { id, text, json } = policy;
    const source = new PolicyText(new SourceFile(id, text), 0, text);
    return { file: id, source, json: spelledOut(json as cedar.PolicyJson), policy };
  });
