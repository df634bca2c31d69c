import type { Service } from "../../service.ts";
import { jsonOperations, notThere } from "./json-operations.ts";
import type { AllWorkloads } from "./workloads.ts";

/**
 * CloudWatch Logs: searches the events of a log group. IAM decides about the group's streams
 * (`log-group:NAME:log-stream:`), as AWS's own denials show. A grant on the bare group grants nothing.
 */
export const logsService = (all: AllWorkloads): Service =>
  jsonOperations("logs", "Logs_20140328", all, {
    FilterLogEvents: ({ input, need, arn, workloads }) => {
      const group = input.requiredText("logGroupName");
      const pattern = input.text("filterPattern") ?? "";
      return {
        needs: [need("logs:FilterLogEvents", arn(`log-group:${group}:log-stream:`))],
        answer: () => {
          const messages = workloads.logs.get(group);
          if (!messages) throw notThere("ResourceNotFoundException", `log group ${group}`);
          return {
            events: messages.filter((message) => message.includes(pattern)).map((message) => ({ message })),
          };
        },
      };
    },
  });
