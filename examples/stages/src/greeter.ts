import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';

export async function connect() {
  return { statusCode: 200 };
}

/** One function for both stages: what differs is in the event. */
export async function greet(event: APIGatewayProxyWebsocketEventV2) {
  const { stage } = event.requestContext;
  return { statusCode: 200, body: JSON.stringify({ stage, greeting: event.stageVariables?.greeting }) };
}
