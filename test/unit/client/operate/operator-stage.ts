import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { callClient } from "../call-client.ts";
import { FakeValetkey, type Reply } from "../fake-valetkey.ts";

export const TOKEN = "eyCANARYop0.eyCANARYop1.CANARYop2";
export const AGENT = { id: "reports", name: "Reports", owner: "ann@acme.test", team: "data", status: "active" };

export let valetkey: FakeValetkey;
export let folder: string;
/** The service's answers, by `METHOD path`. */
export let answers: Record<string, Reply>;

/** A stage of its own for each test of the file that calls this. */
export function setOperatorStage(): void {
  beforeEach(async () => {
    valetkey = await new FakeValetkey().start();
    folder = mkdtempSync(join(tmpdir(), "valetkey-operate-"));
    answers = {};
    valetkey.other = ({ method, path, body }) =>
      answers[`${method} ${path}`] ??
      rehearsal(path, body) ?? { status: 404, body: { code: "not_found", error_description: "Nothing here." } };
  });
  afterEach(async () => {
    await valetkey.stop();
    rmSync(folder, { recursive: true });
  });
}

/** Rehearsal that nothing refuses, where a test has no other answer to it. */
function rehearsal(path: string, body: string): Reply {
  if (!path.endsWith("/rehearse")) return undefined;
  const { acts } = JSON.parse(body) as { readonly acts: readonly { readonly act: string }[] };
  return ok({ acts: acts.map(({ act }) => ({ act, takes_vote: false })) });
}

export const ok = (body: unknown): Reply => ({ status: 200, body });
export const refused = (status: number, code: string): Reply => ({
  status,
  body: { code, error_description: `It is ${code}.` },
});
export const run = (...args: string[]) =>
  callClient(args, { VALETKEY_URL: valetkey.url, VALETKEY_OPERATOR_TOKEN: TOKEN, XDG_CONFIG_HOME: folder });
/** Requests without the rehearsals, which change nothing. */
export const asked = () =>
  valetkey.seen.map(({ method, path }) => `${method} ${path}`).filter((request) => !request.endsWith("/rehearse"));
export const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
