import { Validations } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/** The findings of cdk-nag in this service, and why each is accepted. */
const ACKNOWLEDGED: Record<string, string> = {
  'AwsSolutions-APIG4': 'connectionHandler checks the token; only $connect could have an authorizer',
  'AwsSolutions-APIG1': 'an example keeps no access log',
  'Serverless-APIGWAccessLogging': 'an example keeps no access log',
  'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]':
    'the policy allows writing logs and nothing else',
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<ServiceApiC8B597B2>/dev/*/@connections/*]':
    'the connections of this stage: their ids are known only once they are open',
  'AwsSolutions-IAM5[Resource::*]': 'the actions of X-Ray take no resources',
  'Serverless-LambdaDLQ': 'API Gateway waits for the functions: no event is left over for a dead letter queue',
};

export function acknowledgeFindings(construct: IConstruct): void {
  // The metadata that Validations.of(construct).acknowledge writes; its early versions refuse ids with "::".
  construct.node.addMetadata(Validations.ACKNOWLEDGED_RULES_METADATA_KEY, ACKNOWLEDGED);
}
