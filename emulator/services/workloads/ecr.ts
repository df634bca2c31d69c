import type { Service } from "../../service.ts";
import { type Asked, jsonOperations, notThere, type Operation } from "./json-operations.ts";
import type { AllWorkloads } from "./workloads.ts";

/** ECR: what a push of an image asks for, layer by layer. The layers themselves are taken and forgotten. */
export function ecrService(all: AllWorkloads): Service {
  const onRepository =
    (name: string, answer: (images: Map<string, string>, asked: Asked) => unknown) =>
    (asked: Asked): Operation => {
      const repository = asked.input.requiredText("repositoryName");
      return {
        needs: [asked.need(`ecr:${name}`, asked.arn(`repository/${repository}`))],
        answer: () => {
          const images = asked.workloads.repositories.get(repository);
          if (!images) throw notThere("RepositoryNotFoundException", `repository ${repository}`);
          return answer(images, asked);
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
