import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';

/** Lets in whoever knows the token: wss://.../dev?token=abc */
export async function authorize(event: APIGatewayRequestAuthorizerEvent): Promise<APIGatewayAuthorizerResult> {
  return {
    principalId: 'user',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{
        Action: 'execute-api:Invoke',
        Effect: event.queryStringParameters?.token === 'abc' ? 'Allow' : 'Deny',
        Resource: event.methodArn,
      }],
    },
  };
}
