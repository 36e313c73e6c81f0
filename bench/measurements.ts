import { paired, Series } from './statistics';

/** plain aws-cdk-lib, this library, the same resources with inline code, and the Serverless packager. */
export type Variant = 'plain' | 'service' | 'floor' | 'osls';

/** What is measured: one variant of a service with so many routes. */
export interface Subject {
  readonly variant: Variant;
  readonly routes: number;
  /** Whether aws-cdk-lib validates the template, as it does by default. */
  readonly validation: boolean;
}

/** The wall seconds of every run. */
export class Measurements {
  private readonly runs = new Map<string, Map<number, number>>();

  public add(subject: Subject, round: number, seconds: number): void {
    const runs = this.runs.get(key(subject)) ?? new Map<number, number>();
    this.runs.set(key(subject), runs.set(round, seconds));
  }

  public seconds(variant: Variant, routes: number, validation: boolean): Series {
    return this.runs.get(key({ variant, routes, validation })) ?? new Map();
  }

  /** What each further route takes, round by round. */
  public millisecondsPerRoute(variant: Variant, from: number, to: number, validation: boolean): Series {
    const [few, many] = [from, to].map((routes) => this.seconds(variant, routes, validation));
    return paired(many, few, (a, b) => 1000 * (a - b) / (to - from));
  }
}

function key({ variant, routes, validation }: Subject): string {
  return `${variant} ${routes} ${validation}`;
}
