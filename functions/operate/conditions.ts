import { type Condition, type ConditionList, tightenCondition as TIGHTEN } from "../../contract/conditions.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { readBodyOf } from "../http/read-body-of.ts";
import {
  type ConditionPorts,
  conditionFor,
  describeCondition,
  endCondition,
  setCondition,
} from "../operators/conditions.ts";
import { operation } from "../operators/operation.ts";
import { authoriseOperation } from "../steps/requests/authorise-operation.ts";

/** Answers `GET /v1/conditions` with every condition of the deployment, and where it holds. */
export const listConditions = (event: HttpEvent, ports: ConditionPorts): Promise<HttpAnswer> =>
  operation<ConditionList>(event, ports, async (operator) => {
    await authoriseOperation(operator, "valetkey:ListConditions", "deployment", ports);
    const nowSeconds = ports.clock.nowMs() / 1_000;
    const { conditions = [] } = ports.deployment;
    const kinds = [...new Set(conditions.map(({ kind }) => kind))];
    const held = Object.fromEntries(
      await Promise.all(kinds.map(async (kind) => [kind, await ports.setConditions.list(kind, nowSeconds)] as const)),
    );
    return { conditions: conditions.map((each) => describeCondition(each, held[each.kind] ?? [], nowSeconds)) };
  });

/**
 * Answers `POST /v1/conditions/{condition}/tighten`: sets a condition that restricts, or ends one that permits. Agents in the place are then
 * permitted no more than before, so no vote is needed.
 */
export const tightenCondition = (event: HttpEvent, ports: ConditionPorts): Promise<HttpAnswer> =>
  operation<Condition>(event, ports, async (operator) => {
    const condition = await conditionFor(operator, "valetkey:TightenConditions", event, ports);
    const change = readBodyOf(event, TIGHTEN);
    return condition.kind === "restricts"
      ? setCondition(condition, change, operator, ports)
      : endCondition(condition, change, operator, ports);
  });
