/** Measures the time to load a receiver and a preset, each in a fresh process, against `node:crypto` alone. */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The modules to load, from the built packages as in an app. */
const subjects = {
  'node:crypto alone': "import('node:crypto')",
  'receiver and preset': "Promise.all([import('@countersign/core'), import('@countersign/providers/stripe')])",
} as const;
type Subject = keyof typeof subjects;

/** One fresh process: the processor time of the import, which a busy machine does not stretch, and its duration. */
interface Sample {
  readonly cpuMilliseconds: number;
  readonly milliseconds: number;
}

const mostTimes = 2.2;
const directory = fileURLToPath(new URL('.', import.meta.url));

function load(subject: Subject): Sample {
  const code = `const cpu = process.cpuUsage(); const at = performance.now(); await ${subjects[subject]};
    const { user, system } = process.cpuUsage(cpu);
    console.log(JSON.stringify({ cpuMilliseconds: (user + system) / 1000, milliseconds: performance.now() - at }));`;
  const { stdout, status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  if (status !== 0) throw new Error(`${subject} cannot be loaded; build first (npm run setup). ${stderr}`);
  return JSON.parse(stdout) as Sample;
}

const median = (figures: readonly number[]) => figures.toSorted((a, b) => a - b)[figures.length >> 1] as number;

/**
 * Loads both in turn and prints medians.
 *
 * @returns whether the goal is reached
 */
export function measureImports(runs = 30): boolean {
  const samples: Record<Subject, Sample[]> = { 'node:crypto alone': [], 'receiver and preset': [] };
  const names = Object.keys(subjects) as Subject[];
  for (let run = 0; run < runs; run++) for (const name of names) samples[name].push(load(name));
  console.log(`Loading, in ${runs} fresh processes each, in turn. Medians.`);
  console.table(
    Object.fromEntries(
      names.map((name) => [
        name,
        {
          'processor time, ms': median(samples[name].map((one) => one.cpuMilliseconds)).toFixed(1),
          'duration, ms': median(samples[name].map((one) => one.milliseconds)).toFixed(1),
        },
      ]),
    ),
  );
  const ratios = samples['receiver and preset'].map(
    (one, run) => one.cpuMilliseconds / (samples['node:crypto alone'][run] as Sample).cpuMilliseconds,
  );
  const isReached = median(ratios) <= mostTimes;
  console.log(
    `Receiver and preset take ${median(ratios).toFixed(2)} times the processor time of node:crypto alone; the goal is at most ${mostTimes}: ${isReached ? 'reached' : 'MISSED'}.\n`,
  );
  return isReached;
}
