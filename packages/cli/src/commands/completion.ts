/** `countersign completion`: prints a script with which a shell completes commands, options, files and provider ids. */

import { registry } from '@countersign/providers/registry';
import { Argument, type Command } from 'commander';
import { bashScript } from '../completion/bash.ts';
import { readCommandTree } from '../completion/command-tree.ts';
import { fishScript } from '../completion/fish.ts';
import { zshScript } from '../completion/zsh.ts';
import type { Frame } from '../frame/frame.ts';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

const help = `
Examples:
  $ source <(countersign completion bash)           # in ~/.bashrc
  $ source <(countersign completion zsh)            # in ~/.zshrc, after compinit
  $ countersign completion fish > ~/.config/fish/completions/countersign.fish`;

/** Adds `completion`. */
export function addCompletion(program: Command, { output }: Frame): void {
  program
    .command('completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>', 'your shell').choices(Object.keys(scripts)))
    .addHelpText('after', help)
    .action((shell: keyof typeof scripts) => {
      const script = scripts[shell](readCommandTree(program), [...registry.keys()]);
      output.show({ shell, script }, () => [script.trimEnd()]);
    });
}
