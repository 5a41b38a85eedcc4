#!/usr/bin/env node
// Refuses phrases that no native engineer would write. `.ci/prose [--root DIR]`
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkProse } from './check.mjs';
import { exceptions } from './exceptions.mjs';

const { values } = parseArgs({
  options: { root: { type: 'string', default: fileURLToPath(new URL('../..', import.meta.url)) } },
});
const isOwnTree = values.root === fileURLToPath(new URL('../..', import.meta.url));
const { findings, files, unused } = checkProse(resolve(values.root), isOwnTree ? exceptions : []);
for (const { file, line, habit } of findings) console.log(`${file}:${line}: ${habit.name}: write ${habit.instead}`);
for (const { file, habit } of unused)
  console.log(`.ci/prose/exceptions.mjs: the exception for ${habit ?? 'everything'} in ${file} is not needed`);
if (files === 0) console.log('no file found to check');
const faults = findings.length + unused.length;
if (faults > 0) console.log(`${faults} ${faults === 1 ? 'fault' : 'faults'}`);
if (faults > 0 || files === 0) process.exit(1);
console.log(`${files} files without a listed habit`);
