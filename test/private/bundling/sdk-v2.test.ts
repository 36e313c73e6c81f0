import { sdkV2Hint } from '../../../lib/private/bundling/sdk-v2';

test.each(['Could not resolve "aws-sdk"', 'Could not resolve "aws-sdk/clients/dynamodb"'])('%s has a hint', (error) => {
  expect(sdkV2Hint(error)).toBe(
    'Runtimes since nodejs18.x have no AWS SDK for JavaScript v2, whose support has ended. Write `connection(connectionId).send(data)` of '
    + 'cdk-websocket-service/runtime, or with v3, which the runtime has, `new ApiGatewayManagementApiClient({ endpoint }).send(new '
    + 'PostToConnectionCommand({ ConnectionId, Data }))` of @aws-sdk/client-apigatewaymanagementapi, in place of `new '
    + 'AWS.ApiGatewayManagementApi({ endpoint }).postToConnection({ ConnectionId, Data }).promise()`; and `DynamoDBDocumentClient.from(new '
    + 'DynamoDBClient()).send(new PutCommand(item))` of @aws-sdk/lib-dynamodb in place of `new '
    + 'AWS.DynamoDB.DocumentClient().put(item).promise()`.',
  );
});

test.each(['Could not resolve "aws-sdk-mock"', 'Could not resolve "@aws-sdk/client-s3"', 'Could not resolve "./aws-sdk"'])('%s has none', (error) => {
  expect(sdkV2Hint(error)).toBeUndefined();
});
