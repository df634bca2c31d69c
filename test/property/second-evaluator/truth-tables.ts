import { CONDITIONS } from "./rows-of-conditions.ts";
import { STATEMENTS } from "./rows-of-statements.ts";

/** Decisions that the IAM User Guide documents for single policies and requests, page by page. */
export const ROWS = [...CONDITIONS, ...STATEMENTS];
