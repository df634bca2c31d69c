import type { Need } from "../../need.ts";
import type { Service } from "../../service.ts";
import { type Asked, jsonOperations, notThere } from "./json-operations.ts";
import type { AllWorkloads } from "./workloads.ts";

/** Needs of handing a task definition its roles. Source: "Grant a user permissions to pass a role", IAM User Guide. */
const passed = ({ input, need }: Asked): readonly Need[] =>
  ["taskRoleArn", "executionRoleArn"]
    .flatMap((name) => input.text(name) ?? [])
    .map((role) => need("iam:PassRole", role, { "iam:PassedToService": "ecs-tasks.amazonaws.com" }));

/** Need on a service, `cluster/service`; a policy sees its cluster. */
const onService = (operation: string, name: string, { need, arn }: Asked): Need =>
  need(`ecs:${operation}`, arn(`service/${name}`), { "ecs:cluster": arn(`cluster/${name.split("/")[0]}`) });

/** ECS: task definitions are registered, services are updated and described. Nothing runs. */
export function ecsService(all: AllWorkloads): Service {
  const named = ({ input }: Asked, service: string): string => `${input.text("cluster") ?? "default"}/${service}`;
  return jsonOperations("ecs", "AmazonEC2ContainerServiceV20141113", all, {
    RegisterTaskDefinition: (asked) => {
      const family = asked.input.requiredText("family");
      const revision = (asked.workloads.families.get(family) ?? 0) + 1;
      const arn = asked.arn(`task-definition/${family}:${revision}`);
      return {
        needs: [asked.need("ecs:RegisterTaskDefinition", arn), ...passed(asked)],
        answer: () => {
          asked.workloads.families.set(family, revision);
          return { taskDefinition: { taskDefinitionArn: arn, family, revision } };
        },
      };
    },
    UpdateService: (asked) => {
      const name = named(asked, asked.input.requiredText("service"));
      return {
        needs: [onService("UpdateService", name, asked)],
        answer: () => {
          const { services } = asked.workloads;
          if (!services.has(name)) throw notThere("ServiceNotFoundException", `service ${name}`);
          const taskDefinition = asked.input.text("taskDefinition") ?? services.get(name) ?? "";
          services.set(name, taskDefinition);
          return { service: { serviceName: name, taskDefinition } };
        },
      };
    },
    DescribeServices: (asked) => {
      const names = [asked.input.raw("services")].flat().map((service) => named(asked, String(service)));
      return {
        needs: names.map((name) => onService("DescribeServices", name, asked)),
        answer: () => ({
          services: names.map((name) => ({
            serviceName: name,
            status: "ACTIVE",
            taskDefinition: asked.workloads.services.get(name),
          })),
        }),
      };
    },
  });
}
