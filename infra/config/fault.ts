import { plainLine } from "../../contract/decision/plain-line.ts";
/** Fault of a file that people write, at its place. */
export interface Fault {
  readonly file: string;
  /** Line, counted from 1. Line and column are 1 for a fault of the whole file. */
  readonly line: number;
  readonly column: number;
  /** `error`: the file cannot be used. `warning`: it can be used, and is probably not meant so. */
  readonly level: "error" | "warning";
  readonly message: string;
}

/** Path of members and indexes into a document. */
export type Path = readonly (string | number)[];

/** Formats a fault in the form that editors and CI jobs recognise. Without control characters, since the file may be somebody else's. */
export const inOneLine = ({ file, line, column, level, message }: Fault): string =>
  plainLine(`${file}:${line}:${column}: ${level}: ${message}`);
