/** The part of `countersign doctor` that checks a project and a clock, and reports the findings. */

import { resolve } from 'node:path';
import { loadProvider, type ProviderOptions } from '../flags/provider-choice.ts';
import { exitCodes } from '../frame/failure.ts';
import type { Frame } from '../frame/frame.ts';
import { printable } from '../frame/output.ts';
import { toAnnotation } from '../reports/contract-formats.ts';
import { type ClockComparison, compareClocks, findClockSkew } from './clock-skew.ts';
import type { Finding } from './finding.ts';
import { lookAtProject, type ProjectReport } from './look-at-project.ts';

/** Its options in `doctor`. */
export interface ProjectOptions extends ProviderOptions {
  /** The folder; `true` for the current one. */
  readonly project?: string | true;
  readonly clockUrl?: string;
  readonly github?: boolean;
}

/** The window that most senders use, if none is set. */
const usualToleranceSeconds = 300;

/** @throws CliFailure file_unreadable, target_unreachable, provider_unknown */
export async function examineProject(frame: Frame, options: ProjectOptions): Promise<void> {
  const { surroundings, output } = frame;
  const { project, clockUrl } = options;
  const folder = typeof project === 'string' ? project : '.';
  const provider = options.provider === undefined ? undefined : await loadProvider(options, frame);
  const tolerance = provider?.toleranceSeconds ?? usualToleranceSeconds;
  const toleranceSeconds = typeof tolerance === 'number' ? tolerance : Math.min(tolerance.past, tolerance.future);
  const clock =
    clockUrl === undefined ? undefined : await compareClocks(clockUrl, toleranceSeconds, surroundings.clock);
  const report: ProjectReport =
    project === undefined
      ? { fileCount: 0, findings: [], notes: [] }
      : await lookAtProject(resolve(surroundings.folder, folder), surroundings.env);
  const findings = [...report.findings, ...(clock === undefined ? [] : findClockSkew(clock))];
  if (findings.length > 0) frame.exitCode = exitCodes.refused;
  for (const note of report.notes) output.warn(note);
  const result = {
    ...(project !== undefined && { folder, files: report.fileCount }),
    ...(clock !== undefined && { clock }),
    findings,
    notes: report.notes,
  };
  output.show(result, () => [
    ...findings.flatMap((one) => linesOf(one, output.colors)),
    ...(clock === undefined ? [] : [clockLine(clock)]),
    ...(project === undefined ? [] : [summaryOf(report, folder, output.colors)]),
    ...(options.github === true || surroundings.env.GITHUB_ACTIONS === 'true'
      ? findings.map((one) => annotationOf(one, folder))
      : []),
  ]);
}

function linesOf(finding: Finding, colors: Frame['output']['colors']): readonly string[] {
  const { rule, certainty, what, fix } = finding;
  const mark = certainty === 'found' ? colors.red('found') : colors.yellow('looks like');
  return [
    `${printable(placeOf(finding))}: ${mark} ${colors.bold(rule)}`,
    `  ${printable(what)}`,
    `  ${printable(fix)}`,
    '',
  ];
}

function placeOf({ file, line }: Finding): string {
  return line === null ? file : `${file}:${line}`;
}

function clockLine({ skewSeconds, uncertaintySeconds }: ClockComparison): string {
  const direction = skewSeconds < 0 ? 'behind' : 'ahead of';
  return `clock: ${Math.abs(skewSeconds)} s ${direction} the server, within ${uncertaintySeconds} s`;
}

function summaryOf({ fileCount, findings }: ProjectReport, folder: string, colors: Frame['output']['colors']): string {
  const files = `${fileCount} ${fileCount === 1 ? 'file' : 'files'} of ${printable(folder)}`;
  const found = findings.filter(({ certainty }) => certainty === 'found').length;
  if (findings.length === 0) return `${colors.green('nothing found')} in ${files}`;
  return `${found} found, ${findings.length - found} that look like it, in ${files}`;
}

/** GitHub counts paths from the root of the repository, where a workflow runs. */
function annotationOf({ certainty, file, line, rule, what, fix }: Finding, folder: string): string {
  const path = folder === '.' ? file : `${folder.replace(/\/+$/, '')}/${file}`;
  return toAnnotation(certainty === 'found' ? 'error' : 'warning', {
    title: rule,
    message: `${what} ${fix}`,
    ...(line !== null && { file: path, line }),
  });
}
