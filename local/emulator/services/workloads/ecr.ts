import type { Service } from "../../service.ts";
import { type JsonCall, jsonOperations, notThere, type Operation } from "./json-operations.ts";
import type { AllWorkloads } from "./workloads.ts";

/** ECR: the calls of a push of an image, layer by layer. The layers themselves are not stored. */
export function ecrService(all: AllWorkloads): Service {
  const onRepository =
    (name: string, answer: (images: Map<string, string>, call: JsonCall) => unknown) =>
    (call: JsonCall): Operation => {
      const repository = call.input.requiredText("repositoryName");
      return {
        needs: [call.need(`ecr:${name}`, call.arn(`repository/${repository}`))],
        answer: () => {
          const images = call.workloads.repositories.get(repository);
          if (!images) throw notThere("RepositoryNotFoundException", `repository ${repository}`);
          return answer(images, call);
        },
      };
    };
  return jsonOperations("ecr", "AmazonEC2ContainerRegistry_V20150921", all, {
    GetAuthorizationToken: ({ need }) => ({
      needs: [need("ecr:GetAuthorizationToken", "*")],
      answer: () => ({ authorizationData: [{ authorizationToken: Buffer.from("AWS:token").toString("base64") }] }),
    }),
    BatchCheckLayerAvailability: onRepository("BatchCheckLayerAvailability", () => ({ layers: [], failures: [] })),
    InitiateLayerUpload: onRepository("InitiateLayerUpload", () => ({ uploadId: "upload", partSize: 1_048_576 })),
    UploadLayerPart: onRepository("UploadLayerPart", (_, { input }) => ({
      uploadId: "upload",
      lastByteReceived: input.number("partLastByte"),
    })),
    CompleteLayerUpload: onRepository("CompleteLayerUpload", () => ({ uploadId: "upload" })),
    PutImage: onRepository("PutImage", (images, { input }) => {
      const [tag, manifest] = [input.text("imageTag") ?? "latest", input.requiredText("imageManifest")];
      images.set(tag, manifest);
      return { image: { imageId: { imageTag: tag }, imageManifest: manifest } };
    }),
    DescribeImages: onRepository("DescribeImages", (images) => ({
      imageDetails: [...images.keys()].map((tag) => ({ imageTags: [tag] })),
    })),
  });
}
