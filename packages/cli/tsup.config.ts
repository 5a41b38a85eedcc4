import { library } from '../../tsup.config.base';

/** A program and no library: one file to start, no types, no CommonJS. */
export default library(['src/bin.ts'], { format: ['esm'], dts: false, platform: 'node' });
