import type { Proofs } from "../../../functions/core/proof/proofs.ts";
import type { Answer } from "../../../functions/core/proof/question.ts";

/** Returns proofs that answer each question alike, without work. */
export const answeringProofs = (answer: () => Answer): Proofs => ({ ofVend: () => ({ answer }) });

/** Proofs that prove everything. */
export const ALL_PROVEN: Proofs = answeringProofs(() => ({ verdict: "proven" }));
