import { plainLine } from "../decision/plain-line.ts";
/** Fault of a file that people write, at its place. */
export interface Fault {
  readonly file: string;
  /** From 1; 1 and 1 where the fault is about the whole file. */
  readonly line: number;
  readonly column: number;
  /** `error`: cannot be used. `warning`: can be used, and is probably not what was meant. */
  readonly level: "error" | "warning";
  readonly message: string;
}

/** Path of members and indexes into a document. */
export type Path = readonly (string | number)[];

/** Formats a fault as editors and CI jobs find it, without control characters: the file may be somebody else's. */
export const inOneLine = ({ file, line, column, level, message }: Fault): string =>
  plainLine(`${file}:${line}:${column}: ${level}: ${message}`);
