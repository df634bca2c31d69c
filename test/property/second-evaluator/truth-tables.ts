import { CONDITIONS } from "./rows-of-conditions.ts";
import { STATEMENTS } from "./rows-of-statements.ts";

/** What the IAM User Guide says of single policies and requests, page by page. */
export const ROWS = [...CONDITIONS, ...STATEMENTS];
