/** Checks a project for problems that break webhooks: all rules, over all files, sorted by place. */

import { findEnvironmentFaults, secretNames } from './environment-files.ts';
import type { Finding } from './finding.ts';
import { findOpenFiles } from './git-ignore.ts';
import { loadSenders, type Senders } from './known-senders.ts';
import { type Project, readProject } from './project-files.ts';
import { findEarlyReads, findRewrittenBodies } from './rules/bodies.ts';
import { findBodyParsers } from './rules/body-parsers.ts';
import {
  findEdgeRuntimes,
  findForgetfulStores,
  findNestApps,
  findPagesConfig,
  findParsersBeforeNest,
  findUnverifiedEvents,
} from './rules/frameworks.ts';
import { findMissedRoutes } from './rules/nest-paths.ts';
import { findCutBodies } from './rules/next-bodies.ts';
import { findOriginChecks } from './rules/origin-checks.ts';
import { findSecretLiterals } from './rules/secret-literals.ts';
import { findLowLimits } from './rules/server-limits.ts';
import { findTokenChecks } from './rules/token-checks.ts';
import { findWebRequests } from './rules/web-requests.ts';
import { findWrongLiterals } from './rules/wrong-secrets.ts';
import type { SourceFile } from './source-file.ts';

const fileRules: readonly ((file: SourceFile, senders: Senders) => readonly Finding[])[] = [
  findRewrittenBodies,
  findEarlyReads,
  findPagesConfig,
  findUnverifiedEvents,
  findSecretLiterals,
  findWrongLiterals,
];
const projectRules: readonly ((project: Project, senders: Senders) => readonly Finding[])[] = [
  findBodyParsers,
  findNestApps,
  findParsersBeforeNest,
  findMissedRoutes,
  findEdgeRuntimes,
  findForgetfulStores,
  findOriginChecks,
  findCutBodies,
  findLowLimits,
  findTokenChecks,
  findWebRequests,
];

/** The findings, and the parts that were not checked. */
export interface ProjectReport {
  readonly fileCount: number;
  readonly findings: readonly Finding[];
  readonly notes: readonly string[];
}

/** @throws CliFailure file_unreadable */
export async function lookAtProject(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ProjectReport> {
  const project = await readProject(folder);
  const files = [...project.files.values()];
  const open = await findOpenFiles(project, folder);
  const senders = await loadSenders(project, secretNames(project, env));
  const findings = [
    ...projectRules.flatMap((rule) => rule(project, senders)),
    ...fileRules.flatMap((rule) => files.flatMap((file) => rule(file, senders))),
    ...(await findEnvironmentFaults(project, env, senders)),
    ...open.findings,
  ];
  const placed = new Map(findings.map((one) => [`${one.file}:${one.line}:${one.rule}:${one.what}`, one]));
  const sorted = [...placed.values()].sort((left, right) =>
    left.file === right.file ? (left.line ?? 0) - (right.line ?? 0) : left.file < right.file ? -1 : 1,
  );
  return { fileCount: project.fileCount, findings: sorted, notes: [...project.notes, ...open.notes] };
}
