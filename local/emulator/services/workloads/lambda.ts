import { createHash } from "node:crypto";
import type { Service } from "../../service.ts";
import { ServiceError } from "../../service-error.ts";
import { notThere } from "./json-operations.ts";
import type { AllWorkloads } from "./workloads.ts";

const CODE = /^\/2015-03-31\/functions\/([\w-]+)\/code$/;

/** Lambda: replaces a function's code, by an image or an archive. */
export const lambdaService = (all: AllWorkloads): Service => ({
  name: "lambda",
  format: "json",
  open: (request, caller) => {
    const [, name] = CODE.exec(request.rawPath) ?? [];
    if (name === undefined || request.method !== "PUT")
      throw new ServiceError("UnknownOperationException", "The embedded Lambda replaces code, no more.", 400);
    const arn = `arn:aws:lambda:${caller.region}:${caller.account}:function:${name}`;
    return {
      operation: "UpdateFunctionCode",
      needs: [{ action: "lambda:UpdateFunctionCode", resource: arn, resourceAccount: caller.account }],
      perform: () => {
        const { functions } = all.of(caller.account);
        if (!functions.has(name)) throw notThere("ResourceNotFoundException", `function ${name}`);
        const { ImageUri, ZipFile = "" } = JSON.parse(request.body.toString("utf8")) as Readonly<
          Record<string, string>
        >;
        functions.set(name, ImageUri ?? createHash("sha256").update(Buffer.from(ZipFile, "base64")).digest("hex"));
        return {
          status: 200,
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ FunctionName: name, FunctionArn: arn }),
        };
      },
    };
  },
});
