/** Patterns of host names with at most one variable label of a stated kind. */

import { WebhookError } from '../errors.ts';

/**
 * A host name in lower case, or a pattern with one variable label: `{ before: 'sns.', label: 'aws_region', after: '.amazonaws.com' }`
 * matches `sns.eu-west-1.amazonaws.com`.
 */
export type HostPattern =
  | string
  | {
      /** The labels before the variable one, each with its dot, such as `sns.`. Default: none. */
      readonly before?: string;
      /** `aws_region`: the name of an AWS region, such as `us-east-1`. `any`: any single label. */
      readonly label: 'aws_region' | 'any';
      /** The labels after the variable one, at least two, each with its dot, such as `.amazonaws.com`. */
      readonly after: string;
    };

const labels = {
  // Names of other services (`s3`, `s3-us-west-2`, `execute-api`) do not match: strangers can own hosts under them.
  aws_region: /^(?:[a-z]{2}|eusc)(?:-[a-z]+)+-\d{1,2}$/,
  any: /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/,
} as const;

const hostName = /^(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*$/;
const labelsBefore = /^(?:[a-z0-9-]+\.)*$/;
const labelsAfter = /^(?:\.[a-z0-9-]+)+\.[a-z][a-z0-9-]*$/;

/** True if a host name in lower case matches one of the patterns, label by label. */
export function matchesHost(host: string, patterns: readonly HostPattern[]): boolean {
  return patterns.some((pattern) => {
    if (typeof pattern === 'string') return host === pattern;
    const { before = '', label, after } = pattern;
    const isLongEnough = host.length > before.length + after.length;
    if (!isLongEnough || !host.startsWith(before) || !host.endsWith(after)) return false;
    return labels[label].test(host.slice(before.length, host.length - after.length));
  });
}

/** @throws options_invalid for an empty list, or for anything other than host names and patterns */
export function requireHostPatterns(value: unknown, at: string): readonly HostPattern[] {
  if (!Array.isArray(value) || value.length === 0 || !value.every(isHostPattern)) {
    throw new WebhookError('options_invalid', {
      at,
      hint: "Expected host names in lower case, or patterns such as { before: 'sns.', label: 'aws_region', after: '.amazonaws.com' }. Write one open label as label: 'aws_region' or label: 'any', not as *.",
    });
  }
  return value;
}

function isHostPattern(value: unknown): value is HostPattern {
  if (typeof value === 'string') return hostName.test(value);
  if (typeof value !== 'object' || value === null) return false;
  const { before = '', label, after } = value as Readonly<Record<string, unknown>>;
  const isLabel = typeof label === 'string' && Object.hasOwn(labels, label);
  return isLabel && typeof before === 'string' && labelsBefore.test(before) && isAfter(after);
}

function isAfter(value: unknown): boolean {
  return typeof value === 'string' && labelsAfter.test(value);
}
