import { isDeepStrictEqual } from "node:util";
import { decidingBundle } from "../bundle.ts";
import { type Case, casesIn, readCases } from "../cases/read-cases.ts";
import { answerTo } from "../decide/answer.ts";
import type { Options } from "../options.ts";
import { EXIT, Problem } from "../problem.ts";
import { type Change, changesBetween } from "./changes.ts";

interface Changed {
  readonly file: string;
  readonly line: number;
  readonly title: string;
  /** `allowed -> denied`; the same twice where only the terms change. */
  readonly from: "allowed" | "denied";
  readonly to: "allowed" | "denied";
  readonly changes: readonly Change[];
}

/** `valetkey policy diff`: 0 where every request gets the same answer from both folders, 3 where one does not. */
export async function diffCommand(
  { folders, withFiles, requests: files, json }: Options,
  print: (text: string) => void,
): Promise<number> {
  const [before, after, ...others] = folders;
  if (before === undefined || after === undefined || others.length > 0)
    throw new Problem("diff takes two folders: before and after");
  const [old, next] = [decidingBundle(before, withFiles), decidingBundle(after, withFiles)];
  const requests =
    files.length > 0 ? files.flatMap((file) => readCases(file, file)) : unique([...casesIn(before), ...casesIn(after)]);
  if (requests.length === 0) throw new Problem("neither folder holds cases; name requests with --requests");
  const changed: Changed[] = [];
  for (const request of requests) {
    const [from, to] = [await answerTo(request, old), await answerTo(request, next)];
    const changes = changesBetween(from, to);
    if (changes.length > 0)
      changed.push({
        file: request.file,
        line: request.line,
        title: request.title,
        from: from.answer,
        to: to.answer,
        changes,
      });
  }
  print(json ? `${JSON.stringify({ requests: requests.length, changed }, null, 2)}\n` : text(requests.length, changed));
  return changed.length > 0 ? EXIT.changed : EXIT.good;
}

/** Each request once: what a case expects is not part of it. */
function unique(cases: readonly Case[]): readonly Case[] {
  const asked = ({ expected: _expected, file: _file, line: _line, title: _title, ...request }: Case) => request;
  return cases.filter(
    (one, index) => cases.findIndex((other) => isDeepStrictEqual(asked(other), asked(one))) === index,
  );
}

function text(count: number, changed: readonly Changed[]): string {
  const blocks = changed.map(({ file, line, title, from, to, changes }) => {
    const lines = changes.map(({ what, before, after }) => `  ${what}\n    - ${show(before)}\n    + ${show(after)}\n`);
    return `${from === to ? `${from}, on other terms` : `${from} -> ${to}`}: ${title} (${file}:${line})\n${lines.join("")}\n`;
  });
  return `${blocks.join("")}${count === 1 ? "1 request" : `${count} requests`}, ${answersChange(changed.length)}\n`;
}

function show(value: unknown): string {
  if (typeof value === "string") return value;
  // Session policies are JSON already.
  return Array.isArray(value) && value.every((each) => typeof each === "string")
    ? value.join("\n      ")
    : JSON.stringify(value);
}

const answersChange = (count: number): string =>
  count === 0 ? "no answer changes" : count === 1 ? "1 answer changes" : `${count} answers change`;
