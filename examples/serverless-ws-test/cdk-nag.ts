import { Validations } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/** What cdk-nag finds in this service, and why it stays. */
const ACKNOWLEDGED: Record<string, string> = {
  'AwsSolutions-APIG4': 'connectionHandler checks the token; only $connect could have an authorizer',
  'AwsSolutions-APIG1': 'an example keeps no access log',
  'Serverless-APIGWAccessLogging': 'an example keeps no access log',
  'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]':
    'it allows to write logs and nothing else',
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<ServiceApiC8B597B2>/dev/*/@connections/*]':
    'the connections of this stage; their ids are not known before they are made',
  'AwsSolutions-IAM5[Resource::*]': 'X-Ray, which has no resources to name',
  'Serverless-LambdaDLQ': 'API Gateway waits for the functions: no event is left over for a dead letter queue',
};

export function acknowledgeFindings(construct: IConstruct): void {
  // What Validations.of(construct).acknowledge writes; early versions of it refuse ids with "::".
  construct.node.addMetadata(Validations.ACKNOWLEDGED_RULES_METADATA_KEY, ACKNOWLEDGED);
}
