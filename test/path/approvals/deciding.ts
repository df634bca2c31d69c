import { aUseOf } from "../../fakes/samples/approval.ts";
import { type AskedForApproval, approverToken, voteToken } from "../../fakes/samples/asked-approval.ts";
import { eventOn } from "../../fakes/samples/task.ts";
import { FakeService } from "../../fakes/world/service.ts";
import { fakeWorld } from "../../fakes/world/world.ts";

export const start = () => new FakeService(fakeWorld());
export const decide = (service: FakeService, id: string, body: unknown, token = approverToken(service.world)) =>
  service.operate("POST /v1/approvals/{approval}/decide", { parameters: { approval: id }, body, token });
export const approve = (service: FakeService, { id, hash }: AskedForApproval, claims: object = {}, sub = "bob") =>
  decide(
    service,
    id,
    { decision: "approve", vote: voteToken(service.world, [hash], sub, { ...claims }) },
    approverToken(service.world, sub),
  );
export const read = (service: FakeService, id: string, token = approverToken(service.world)) =>
  service.operate("GET /v1/approvals/{approval}", { parameters: { approval: id }, token });
export const listed = (service: FakeService, token = approverToken(service.world)) =>
  service.operate("GET /v1/approvals", { token });
export const withdraw = (service: FakeService, id: string, token = approverToken(service.world)) =>
  service.operate("POST /v1/approvals/{approval}/withdraw", { parameters: { approval: id }, body: {}, token });
export const decisions = ({ world }: FakeService) =>
  world.ports.tasks.events.filter(({ type }) => /^approval\.(voted|denied|withdrawn)$/.test(type));

/** Records that the exchange used the approval. */
export async function use({ world }: FakeService, { id, record }: AskedForApproval): Promise<void> {
  const task = await world.ports.tasks.read(record.task as never);
  if (!task) throw new Error("no task");
  await world.ports.ballots.use(task, task, id, aUseOf(task), [], eventOn(task, "approval.used"));
}
