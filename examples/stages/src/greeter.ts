import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';

export async function connect() {
  return { statusCode: 200 };
}

/** One function serves both stages: the event names the stage and has its variables. */
export async function greet(event: APIGatewayProxyWebsocketEventV2) {
  const { stage } = event.requestContext;
  return { statusCode: 200, body: JSON.stringify({ stage, greeting: event.stageVariables?.greeting }) };
}
