/** The source of a fact, as data. */

/** The source of a description's facts. */
export interface SourceFact {
  readonly url?: string;
  /** The name of the source, if it has no public URL. */
  readonly title?: string;
  /** `YYYY-MM-DD`. */
  readonly readOn: string;
}
