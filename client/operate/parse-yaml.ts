import { parse } from "yaml";

/** What YAML, and so JSON, says. @throws the parser's error, which names line and column; this file is loaded apart from the rest. */
export const parseYaml = (text: string): unknown => parse(text, { prettyErrors: true });
