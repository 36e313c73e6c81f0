/** The warning about a permission that CDK does not make, of the service `Stack/Chat`: it has the command that makes it. */
export function permissionCommand(fn: string, name: string, statement: string, source: string): string {
  return `/Stack/Chat: API Gateway may not invoke ${fn}: CDK makes no permission for this imported function. Once the API exists, run: `
    + `aws lambda add-permission --function-name ${name} --statement-id StackChatB7C274CF-${statement} --action lambda:InvokeFunction `
    + `--principal apigateway.amazonaws.com --source-arn '${source}' [ack: cdk-websocket-service:permissionNotMade]`;
}
