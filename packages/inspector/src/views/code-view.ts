/** The code that receives the sender's deliveries, for one framework of several. */

import type { Provider } from '@countersign/core';
import type { PresetAnswers } from '@countersign/providers/tools/preset-questions';
import { type CodeFramework, codeFrameworks, receiverCode } from '@countersign/providers/tools/receiver-code';
import { element, fill } from '../element.ts';

/** What the code is made for. */
export interface CodeSubject {
  readonly id: string;
  readonly provider: Provider;
  readonly answers: PresetAnswers;
  readonly publicUrl: string;
}

/** The packages that an app installs for each framework, beside core and providers. */
const packages: Readonly<Record<CodeFramework, string>> = {
  express: '@countersign/express express',
  fastify: '@countersign/fastify fastify',
  hono: '@countersign/hono hono',
  next: '@countersign/next',
  fetch: '@countersign/http',
  node: '@countersign/http',
  lambda: '@countersign/http',
};

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
      ...codeFrameworks.map(([id, title]) => element('option', { value: id }, title)),
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

  get framework(): CodeFramework {
    return this.#choice.value as CodeFramework;
  }

  /** Undefined where there is no provider to write code for. */
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
    return `// npm install @countersign/core @countersign/providers ${packages[framework]}\n${code}\n`;
  }

  async #copyCode(): Promise<void> {
    const said = document.getElementById('copied');
    try {
      await navigator.clipboard.writeText(this.#text());
      if (said !== null) said.textContent = 'Copied.';
    } catch {
      // Not allowed here: the text is selected, for the keys that copy.
      getSelection()?.selectAllChildren(this.#code);
      if (said !== null) said.textContent = 'Selected; copy it by your keys.';
    }
  }
}

/** Only what is an address goes into the code. */
function isOrigin(text: string): boolean {
  return /^https?:\/\/[a-z0-9.:-]+(?:\/[a-z0-9/_.-]*)?$/i.test(text);
}
