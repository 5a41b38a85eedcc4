import { library } from '../../tsup.config.base';

/** A program and no library: one file to start, no types, no CommonJS. The facts of frameworks go into it, so that it needs none of their adapters. */
export default library(['src/bin.ts'], {
  format: ['esm'],
  dts: false,
  platform: 'node',
  noExternal: [/^@countersign\/.*\/(?:facts|frameworks)$/],
});
