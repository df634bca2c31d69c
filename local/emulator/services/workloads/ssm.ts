import { randomUUID } from "node:crypto";
import type { Service } from "../../service.ts";
import { jsonOperations, notThere } from "./json-operations.ts";
import type { AllWorkloads } from "./workloads.ts";

/**
 * Systems Manager: sends a document to instances, by their ids. IAM decides about the document and each instance.
 * Commands do not run.
 */
export const ssmService = (all: AllWorkloads): Service =>
  jsonOperations("ssm", "AmazonSSM", all, {
    SendCommand: ({ input, need, arn, caller, workloads }) => {
      const document = input.requiredText("DocumentName");
      const instances = [input.raw("InstanceIds") ?? []].flat().map(String);
      const machine = (id: string) => `arn:aws:ec2:${caller.region}:${caller.account}:instance/${id}`;
      return {
        needs: [
          need("ssm:SendCommand", arn(`document/${document}`)),
          ...instances.map((id) => need("ssm:SendCommand", machine(id))),
        ],
        answer: () => {
          const id = randomUUID();
          workloads.commands.set(id, { document, instances, parameters: input.raw("Parameters") });
          return { Command: { CommandId: id, DocumentName: document, InstanceIds: instances, Status: "Pending" } };
        },
      };
    },
    GetCommandInvocation: ({ input, need, workloads }) => ({
      needs: [need("ssm:GetCommandInvocation", "*")],
      answer: () => {
        const command = workloads.commands.get(input.requiredText("CommandId"));
        if (!command) throw notThere("InvocationDoesNotExist", "invocation of that command");
        return { DocumentName: command.document, InstanceId: input.text("InstanceId"), Status: "Success" };
      },
    }),
  });
