const { ApiGatewayManagementApiClient, PostToConnectionCommand } = require('@aws-sdk/client-apigatewaymanagementapi');

async function post(endpoint, ConnectionId, data) {
  const client = new ApiGatewayManagementApiClient({ endpoint });
  await client.send(new PostToConnectionCommand({ ConnectionId, Data: JSON.stringify(data) }));
}

module.exports.connectionHandler = async (event) => {
  if (event.requestContext.routeKey !== '$connect') return { statusCode: 200 };
  return { statusCode: event.headers.token === 'abc' ? 200 : 500 };
};

module.exports.defaultHandler = async ({ requestContext: { domainName, stage, connectionId }, body }) => {
  await post(`https://${domainName}/${stage}`, connectionId, { received: body });
  return { statusCode: 200 };
};

module.exports.fooHandler = async ({ body }) => ({ statusCode: 200, body: JSON.stringify({ foo: JSON.parse(body) }) });

module.exports.notify = ({ connectionId, data }) => post(process.env.WEBSOCKET_CALLBACK_URL, connectionId, data);
