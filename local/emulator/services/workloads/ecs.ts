import type { Need } from "../../need.ts";
import type { Service } from "../../service.ts";
import { type JsonCall, jsonOperations, notThere } from "./json-operations.ts";
import type { AllWorkloads } from "./workloads.ts";

/**
 * Lists the needs of passing roles to a task definition. Source: "Grant a user permissions to pass a role", IAM User
 * Guide.
 */
const passed = ({ input, need }: JsonCall): readonly Need[] =>
  ["taskRoleArn", "executionRoleArn"]
    .flatMap((name) => input.text(name) ?? [])
    .map((role) => need("iam:PassRole", role, { "iam:PassedToService": "ecs-tasks.amazonaws.com" }));

/** Makes the need on a service, `cluster/service`, with its cluster as a condition key. */
const onService = (operation: string, name: string, { need, arn }: JsonCall): Need =>
  need(`ecs:${operation}`, arn(`service/${name}`), { "ecs:cluster": arn(`cluster/${name.split("/")[0]}`) });

/** ECS: registers task definitions, updates and describes services. Tasks do not run. */
export function ecsService(all: AllWorkloads): Service {
  const named = ({ input }: JsonCall, service: string): string => `${input.text("cluster") ?? "default"}/${service}`;
  return jsonOperations("ecs", "AmazonEC2ContainerServiceV20141113", all, {
    RegisterTaskDefinition: (call) => {
      const family = call.input.requiredText("family");
      const revision = (call.workloads.families.get(family) ?? 0) + 1;
      const arn = call.arn(`task-definition/${family}:${revision}`);
      return {
        needs: [call.need("ecs:RegisterTaskDefinition", arn), ...passed(call)],
        answer: () => {
          call.workloads.families.set(family, revision);
          return { taskDefinition: { taskDefinitionArn: arn, family, revision } };
        },
      };
    },
    UpdateService: (call) => {
      const name = named(call, call.input.requiredText("service"));
      return {
        needs: [onService("UpdateService", name, call)],
        answer: () => {
          const { services } = call.workloads;
          if (!services.has(name)) throw notThere("ServiceNotFoundException", `service ${name}`);
          const taskDefinition = call.input.text("taskDefinition") ?? services.get(name) ?? "";
          services.set(name, taskDefinition);
          return { service: { serviceName: name, taskDefinition } };
        },
      };
    },
    DescribeServices: (call) => {
      const names = [call.input.raw("services")].flat().map((service) => named(call, String(service)));
      return {
        needs: names.map((name) => onService("DescribeServices", name, call)),
        answer: () => ({
          services: names.map((name) => ({
            serviceName: name,
            status: "ACTIVE",
            taskDefinition: call.workloads.services.get(name),
          })),
        }),
      };
    },
  });
}
