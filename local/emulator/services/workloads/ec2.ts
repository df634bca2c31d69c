import { randomUUID } from "node:crypto";
import type { Service } from "../../service.ts";
import { ServiceError } from "../../service-error.ts";
import { xml } from "../../xml.ts";
import { QueryInput } from "../query-input.ts";
import type { AllWorkloads } from "./workloads.ts";

/** EC2: describes instances. */
export const ec2Service = (all: AllWorkloads): Service => ({
  name: "ec2",
  format: "query",
  open: (request, caller) => {
    const { action } = new QueryInput(request);
    if (action !== "DescribeInstances")
      throw new ServiceError("InvalidAction", `The embedded EC2 does not do ${action}.`, 400);
    return {
      operation: action,
      needs: [{ action: "ec2:DescribeInstances", resource: "*", resourceAccount: caller.account }],
      perform: () => ({
        status: 200,
        headers: { "content-type": "text/xml" },
        body: xml({
          DescribeInstancesResponse: {
            requestId: randomUUID(),
            reservationSet: {
              item: [...all.of(caller.account).instances].map((id) => ({
                reservationId: `r-${id}`,
                instancesSet: { item: [{ instanceId: id }] },
              })),
            },
          },
        }),
      }),
    };
  },
});
