/** What a row of the audit holds. */

/** One row of the audit, in `packages/providers/audit/<id>.json`. */
export interface AuditRow {
  readonly id: string;
  /** What was looked at. Some of it has no public address. */
  readonly against: readonly { readonly title: string; readonly url?: string; readonly readOn: string }[];
  /** The nearest to the sender that was read for the facts a verification depends on. */
  readonly read: 'own_package' | 'own_page' | 'integration_code' | 'nothing';
  readonly changed: readonly string[];
  readonly confirmed: readonly string[];
  readonly open: readonly string[];
  /** Beginnings of values that this sender gives for something else. */
  readonly wrongSecrets?: readonly { readonly prefix: string; readonly kind: string }[];
}
