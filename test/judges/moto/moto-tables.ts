import { type DynamoBackends, dynamoBackends } from "../../../local/emulator/dynamodb/dynamo-backends.ts";

/** Makes the tables of a moto. The page with which moto answers where its own program fails is read as an error. */
export function motoTables(endpoint: string): DynamoBackends {
  const tables = dynamoBackends({ endpoint });
  return {
    send: async (...given) => {
      const answer = await tables.send(...given);
      const isPage = answer.status === 500 && answer.body.startsWith("<");
      return isPage ? { ...answer, body: JSON.stringify({ __type: "MotoFailed" }) } : answer;
    },
    close: () => tables.close(),
  };
}
