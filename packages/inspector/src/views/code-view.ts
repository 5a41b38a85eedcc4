/** The code that receives the sender's deliveries, for the chosen framework. */

import { type FrameworkFacts, frameworks } from '@countersign/adapter-servers/frameworks';
import type { Provider } from '@countersign/core';
import type { PresetAnswers } from '@countersign/providers/tools/preset-questions';
import { receiverCode } from '@countersign/providers/tools/receiver-code';
import { element, fill } from '../element.ts';

/** The sender for which the code is written. */
export interface CodeSubject {
  readonly id: string;
  readonly provider: Provider;
  readonly answers: PresetAnswers;
  readonly publicUrl: string;
}

/** The frameworks whose code fits into one file. */
const choices = frameworks.filter(({ code }) => code !== undefined);

/** The packages that an app installs besides core and providers: the adapter and the framework. */
function packagesOf({ module, peer }: FrameworkFacts): string {
  const [scope, name] = module.split('/');
  return [`${scope}/${name}`, ...(peer === undefined ? [] : [peer])].join(' ');
}

/** Keeps the choice of framework and shows the code for it. */
export class CodeView {
  readonly #choice: HTMLSelectElement;
  readonly #code = element('code', {});
  readonly #copy: HTMLButtonElement;
  readonly #parts: HTMLElement;
  #subject: CodeSubject | undefined;

  constructor(parent: Element, onFramework: () => void) {
    this.#choice = element(
      'select',
      { id: 'framework', onchange: () => onFramework() },
      ...choices.map(({ id, title }) => element('option', { value: id }, title)),
    );
    this.#copy = element('button', { type: 'button', onclick: () => void this.#copyCode() }, 'Copy');
    this.#parts = element(
      'div',
      {},
      element('pre', { tabindex: '0', role: 'group', 'aria-label': 'Code' }, this.#code),
    );
    fill(
      parent,
      element(
        'div',
        { class: 'beside' },
        element('label', { for: 'framework' }, 'Framework'),
        this.#choice,
        this.#copy,
        element('span', { role: 'status', id: 'copied' }),
      ),
      this.#parts,
    );
  }

  get framework(): FrameworkFacts {
    return choices.find(({ id }) => id === this.#choice.value) ?? (choices[0] as FrameworkFacts);
  }

  /** Undefined if there is no provider to write code for. */
  show(subject: CodeSubject | undefined): void {
    this.#subject = subject;
    this.#parts.hidden = subject === undefined;
    this.#copy.disabled = subject === undefined;
    this.#code.textContent = this.#text();
  }

  #text(): string {
    if (this.#subject === undefined) return '';
    const { publicUrl, ...rest } = this.#subject;
    const { framework } = this;
    const code = receiverCode({ ...rest, framework, ...(isOrigin(publicUrl) && { publicUrl }) });
    return `// npm install @countersign/core @countersign/providers ${packagesOf(framework)}\n${code}\n`;
  }

  async #copyCode(): Promise<void> {
    const said = document.getElementById('copied');
    try {
      await navigator.clipboard.writeText(this.#text());
      if (said !== null) said.textContent = 'Copied.';
    } catch {
      // Not allowed here: select the text so that the user can copy it.
      getSelection()?.selectAllChildren(this.#code);
      if (said !== null) said.textContent = 'Selected. Copy it with your keyboard.';
    }
  }
}

/** Only a plain URL goes into the code. */
function isOrigin(text: string): boolean {
  return /^https?:\/\/[a-z0-9.:-]+(?:\/[a-z0-9/_.-]*)?$/i.test(text);
}
