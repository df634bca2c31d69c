import { type Condition, loosenCondition as LOOSEN } from "../../contract/conditions.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { readBodyOf } from "../http/read-body-of.ts";
import { type ConditionPorts, conditionFor, endCondition, setCondition } from "../operators/conditions.ts";
import { operation } from "../operators/operation.ts";
import { stepUp } from "../operators/step-up.ts";

/**
 * Answers `POST /v1/conditions/{condition}/loosen`: lifts a condition that restricts, or sets one that permits. Agents in the place may then be
 * permitted more than before, so the act takes a vote where `stepUp` is on.
 */
export const loosenCondition = (event: HttpEvent, ports: ConditionPorts): Promise<HttpAnswer> =>
  operation<Condition>(event, ports, async (operator) => {
    const condition = await conditionFor(operator, "valetkey:LoosenConditions", event, ports);
    const { step_up: _, ...change } = readBodyOf(event, LOOSEN);
    const vote = () => stepUp(operator, event, "POST /v1/conditions/{condition}/loosen", ports);
    return condition.kind === "restricts"
      ? endCondition(condition, change, operator, ports, vote)
      : setCondition(condition, change, operator, ports, await vote());
  });
