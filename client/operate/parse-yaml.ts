import { parse } from "yaml";

/** Parses YAML, and so JSON. @throws the parser's error, which names line and column; this file is bundled separately. */
export const parseYaml = (text: string): unknown => parse(text, { prettyErrors: true });
