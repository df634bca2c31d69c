import { marshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FUNCTIONS, type FunctionName } from "../../contract/names.ts";
import { rootOf, type TaskPath } from "../../functions/core/task-path.ts";
import { KINDS } from "../../functions/names.ts";
import { type RunningCloud, runCloud } from "../contract/running-cloud.ts";
import { type KeptTask, sendRead, signRead, startKept } from "../contract/signing/kept-task.ts";
import { alikeIn } from "./able-to.ts";
import { type Item, Thief } from "./thief.ts";

const CALLS = [
  ["UpdateItem", "task"],
  ["PutItem", "live"],
  ["DeleteItem", "live"],
  ["PutItem", "keptSession"],
  ["GetItem", "keptSession"],
  ["DeleteItem", "keptSession"],
] as const;
/** One function of each group that a thief cannot tell apart, the functions of the path among them. */
const THIEVES = (await alikeIn(FUNCTIONS, CALLS)).flatMap(([first]) => first ?? []);

describe.each([...new Set<FunctionName>(["sign", "exchange", "tasks", ...THIEVES])])(
  "I13: with the role of %s, no signature",
  (name) => {
    let running: RunningCloud;
    let owner: Thief;
    let thief: Thief;
    beforeAll(async () => {
      running = await runCloud();
      owner = new Thief(running, "exchange");
      thief = new Thief(running, name);
    });
    afterAll(() => running.close());

    const start = () => startKept(running);
    /** Outcome of a signature: `signed`, or the refusal's code. */
    const sign = async (task: KeptTask): Promise<string> => (await signRead(running, task)).code ?? "signed";
    const complete = (task: KeptTask) =>
      running.complete({ ...task, accessKeyId: "", secretAccessKey: "", sessionToken: "" });
    const taskKey = ({ id }: KeptTask) => marshall({ pk: `${KINDS.task}${rootOf(id as TaskPath)}`, sk: id });
    const sessionKey = ({ id }: KeptTask) => ({ pk: `${KINDS.keptSession}${id}`, sk: "aws-0" });

    it("is given for an ended task that AWS obeys, though the thief puts back what was there", async () => {
      const task = await start();
      expect(await sign(task)).toBe("signed");
      const reader = new Thief(running, "sign");
      const [record, session] = [await owner.read(taskKey(task)), await reader.read(marshall(sessionKey(task)))];
      await complete(task);
      const { chain } = await owner.read(taskKey(task));
      const { pk: _pk, sk: _sk, ...older } = record as Item;
      const isBack = await thief.set(taskKey(task), { ...older, chain });
      await thief.write(session);
      await thief.write({ pk: `${KINDS.live}demo`, sk: `TASK#${task.id}` });
      const signed = await signRead(running, task);
      // The exchange's role writes tasks and their lists, as it has to. IAM denies the session all the same.
      expect([isBack, signed.code ?? "signed"]).toEqual(
        name === "exchange" ? [true, "signed"] : [expect.any(Boolean), "task_ended"],
      );
      if (name === "exchange") expect(await sendRead(running, signed)).toBe(403);
    });

    it("is given by the session of another task, though the thief puts it in the place of this one's", async () => {
      const [own, others] = [await start(), await start()];
      const session = await new Thief(running, "sign").read(marshall(sessionKey(others)));
      const isWritten = await thief.write({ ...session, ...sessionKey(own) });
      expect(await sign(own)).toBe(isWritten ? "renew_needed" : "signed");
    });

    it("is given after the fence that a session was sealed with, though the thief writes a later one", async () => {
      const task = await start();
      const session = await new Thief(running, "sign").read(marshall(sessionKey(task)));
      const isWritten = await thief.write({ ...session, fenceAt: Number(session.fenceAt) + 3_600 });
      expect(await sign(task)).toBe(isWritten ? "renew_needed" : "signed");
    });
  },
);
