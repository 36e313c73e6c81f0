import { Template } from './emulated-template';
import { Ministack } from './ministack';

/** A resource of a stack, or something that happened to one. */
export interface StackResource {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
}

export interface StackEvent extends StackResource {
  readonly status: string;
  readonly reason: string;
}

/** A stack in the emulator, addressed by the plain API of CloudFormation. */
export class DeployedStack {
  constructor(private readonly emulator: Ministack, readonly name: string) {}

  /** Creates the stack, or updates it; waits for the end. */
  async deploy(template: Template): Promise<void> {
    await this.call(await this.exists() ? 'UpdateStack' : 'CreateStack', {
      'TemplateBody': JSON.stringify(template),
      'Capabilities.member.1': 'CAPABILITY_IAM',
      'Capabilities.member.2': 'CAPABILITY_NAMED_IAM',
    });
    for (;;) {
      const status = await this.status();
      if (status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE') return;
      if (!status?.endsWith('_IN_PROGRESS')) throw new Error(`${this.name} is ${status}: ${JSON.stringify(await this.failures())}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async exists(): Promise<boolean> {
    return await this.status() !== undefined;
  }

  async resources(): Promise<Record<string, StackResource>> {
    const found = members(await this.call('DescribeStackResources')).map(toResource);
    return Object.fromEntries(found.map((resource) => [resource.logicalId, resource]));
  }

  async outputs(): Promise<Record<string, string>> {
    const found = members(await this.call('DescribeStacks'), 'Outputs');
    return Object.fromEntries(found.map((output) => [text(output, 'OutputKey'), text(output, 'OutputValue')]));
  }

  /** The exports of this stack. */
  async exports(): Promise<Record<string, string>> {
    const found = members(await this.call('ListExports')).filter((one) => text(one, 'ExportingStackId').includes(`:stack/${this.name}/`));
    return Object.fromEntries(found.map((one) => [text(one, 'Name'), text(one, 'Value')]));
  }

  /** What happened so far, newest first. */
  async events(): Promise<StackEvent[]> {
    return members(await this.call('DescribeStackEvents')).map((event) => ({
      ...toResource(event), status: text(event, 'ResourceStatus'), reason: text(event, 'ResourceStatusReason'),
    }));
  }

  private async failures(): Promise<StackEvent[]> {
    return (await this.events()).filter(({ status }) => status.endsWith('_FAILED'));
  }

  private async status(): Promise<string | undefined> {
    const answer = await this.call('DescribeStacks').catch(() => undefined);
    return answer && text(answer, 'StackStatus');
  }

  private async call(action: string, parameters: Record<string, string> = {}): Promise<string> {
    const named: Record<string, string> = action.startsWith('List') ? {} : { StackName: this.name };
    const response = await fetch(this.emulator.endpoint, {
      method: 'POST',
      headers: { Authorization: authorization('cloudformation') },
      body: new URLSearchParams({ Action: action, Version: '2010-05-15', ...named, ...parameters }),
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${action} of ${this.name}: ${answer}`);
    return answer;
  }
}

/** Names the service, which is all that the emulator reads of it. */
export function authorization(service: string): string {
  return `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=none`;
}

function toResource(xml: string): StackResource {
  return { logicalId: text(xml, 'LogicalResourceId'), physicalId: text(xml, 'PhysicalResourceId'), type: text(xml, 'ResourceType') };
}

/** The members of a list that holds no other lists. */
function members(xml: string, list?: string): string[] {
  const part = list === undefined ? xml : new RegExp(`<${list}>.*?</${list}>`, 's').exec(xml)?.[0] ?? '';
  return [...part.matchAll(/<member>(.*?)<\/member>/gs)].map(([, member]) => member);
}

function text(xml: string, name: string): string {
  const found = new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(xml)?.[1] ?? '';
  return found.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&amp;/g, '&');
}
