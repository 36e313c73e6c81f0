import { Series } from '../statistics';
import { Exchanged } from './exchange';
import { Figures, Metric, Variant } from './metrics';

/** What went wrong with one variant. */
export interface Failures {
  errors: number;
  lost: number;
  /** The first error frame. */
  example?: string;
  /** Processes that it left behind. */
  leaked: number;
}

/** The figures of every round, and what went wrong. */
export class Results {
  private readonly runs = new Map<string, Map<number, number>>();
  private readonly failed = new Map<Variant, Failures>();

  public add(variant: Variant, round: number, figures: Figures): void {
    for (const [metric, value] of Object.entries(figures)) {
      const key = `${variant} ${metric}`;
      this.runs.set(key, (this.runs.get(key) ?? new Map<number, number>()).set(round, value));
    }
  }

  public series(variant: Variant, metric: Metric): Series {
    return this.runs.get(`${variant} ${metric}`) ?? new Map();
  }

  public addFailures(variant: Variant, { errors, lost, error }: Exchanged): void {
    const failures = this.failures(variant);
    failures.errors += errors;
    failures.lost += lost;
    failures.example ??= error;
    this.failed.set(variant, failures);
  }

  public addLeaked(variant: Variant, processes: number): void {
    const failures = this.failures(variant);
    failures.leaked += processes;
    this.failed.set(variant, failures);
  }

  public failures(variant: Variant): Failures {
    return this.failed.get(variant) ?? { errors: 0, lost: 0, leaked: 0 };
  }
}
