import { readdirSync } from 'node:fs';
import { library } from '../../tsup.config.base';

const entriesIn = (folder: string) =>
  readdirSync(`src/${folder}`, { withFileTypes: true })
    .filter((file) => file.isFile())
    .map(({ name }) => [`${folder}${name.slice(0, -'.ts'.length)}`, `src/${folder}${name}`] as const);

const code = Object.fromEntries(['', 'events/', 'tools/'].flatMap(entriesIn));

// `./*/typed` leads to the code of the preset itself and to other declarations.
export default library(code, { dts: { entry: { ...code, ...Object.fromEntries(entriesIn('typed/')) } } });
