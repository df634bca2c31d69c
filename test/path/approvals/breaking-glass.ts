import { expect } from "vitest";
import { glassNonce, recordHash, reviewNonce } from "../../../functions/core/approvals/approval-record.ts";
import { sealedUseOf } from "../../../functions/core/approvals/stored-approval.ts";
import type { Answer } from "../../fakes/world/service.ts";
import { fakeToken } from "../../fakes/world/tokens.ts";
import { ApprovalScene, permitting, type WaitingHeld } from "./approving.ts";

export const GLASS = '@approval("sre=2") @breakGlass @maxTtl("15m")';
export const sceneOf = (annotations = GLASS) => new ApprovalScene([permitting(annotations)]);
export const codeOf = ({ status, body }: Answer) => [status, body.code];
export const usesOf = (scene: ApprovalScene, { approval }: WaitingHeld) =>
  scene.world.ports.ballots.uses.get(approval) ?? [];
export const errorsOf = ({ world }: ApprovalScene) =>
  world.lines.filter(({ level }) => level === "error").map(({ event }) => event);

export const tokenOver = (scene: ApprovalScene, nonce: string, person: string, changed = {}) => {
  const now = scene.world.nowSeconds();
  const claims = { iss: "https://staff.test", sub: person, aud: "approvals", nonce, iat: now, auth_time: now };
  return fakeToken({ ...claims, exp: now + 300, groups: ["g-sre", "valetkey-approvers"], ...changed });
};
export const reader = (scene: ApprovalScene, sub: string) =>
  scene.world.operatorToken({ sub, groups: ["g-sre", "valetkey-approvers"] });

/** A person breaks the glass through `approve`. */
export const breakGlass = (scene: ApprovalScene, { approval }: WaitingHeld, person = "bob", nonce?: string) => {
  const vote = tokenOver(scene, nonce ?? glassNonce(recordHash(scene.record(approval))), person);
  const body = { decision: "break_glass", vote };
  const parameters = { approval };
  return scene.service.operate("POST /v1/approvals/{approval}/decide", {
    parameters,
    body,
    token: reader(scene, person),
  });
};

/** A person reviews the use through the exchange. */
export const review = (
  scene: ApprovalScene,
  { approval }: WaitingHeld,
  person = "carol",
  changed: { nonce?: string } = {},
) => {
  const [use] = usesOf(scene, { approval } as WaitingHeld);
  const nonce = changed.nonce ?? reviewNonce(use ? sealedUseOf(approval, use) : {});
  const body = { vote: tokenOver(scene, nonce, person) };
  const parameters = { approval };
  return scene.service.operate("POST /v1/approvals/{approval}/review", {
    parameters,
    body,
    token: reader(scene, person),
  });
};

/** Breaks the glass of a request, and gets its key. */
export async function broken() {
  const scene = sceneOf();
  const held = await scene.waiting();
  expect(await breakGlass(scene, held)).toMatchObject({ status: 200, body: { status: "approved" } });
  expect((await scene.poll(held)).status).toBe(200);
  return { scene, held };
}
