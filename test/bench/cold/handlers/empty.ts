/** Empty function, for the cost of a start without valetkey's code. */
export const handler = async (): Promise<{ readonly statusCode: number }> => ({ statusCode: 200 });
