import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const ENDPOINT = readFileSync("functions/exchange/token-endpoint.ts", "utf8");
const GRANTS = readdirSync("functions/exchange/grants").map((file) => [file.replace(".ts", ""), file] as const);

describe("grants of the token endpoint", () => {
  it.each(GRANTS)("%s has a parser of its parameters and a handler of its own name", (name, file) => {
    const source = readFileSync(`functions/exchange/grants/${file}`, "utf8");
    const [, parser] = /^export (?:function|const) (parse\w+)/m.exec(source) ?? [];
    const handler = source.indexOf(
      `export function ${name}(form: Form, event: HttpEvent, ports: SealingPorts): Promise<HttpAnswer>`,
    );
    expect(parser).toBeDefined();
    expect(handler).toBeGreaterThan(0);
    expect(source.slice(handler)).toContain(`${parser}(form`);
  });

  it.each(GRANTS)("%s is called by its name", (name) => {
    expect(ENDPOINT).toContain(`return ${name}(form, event, ports);`);
  });

  it("are five beside the exchange for a task", () => {
    expect(GRANTS.map(([name]) => name).toSorted()).toEqual(["delegate", "federate", "poll", "present", "prolong"]);
  });
});
