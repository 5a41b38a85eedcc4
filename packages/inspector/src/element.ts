/** Makes elements. Text stays text: nothing here reads markup. */

/** Attributes, with `class` for classes; a listener is given as a function under `onclick` and the like. */
export type Attributes = Readonly<Record<string, string | boolean | undefined | ((event: Event) => void)>>;

/** What may stand in an element; what is false or undefined is left out. */
export type Child = Node | string | false | undefined;

/** One element. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, '');
    else if (typeof value === 'string') made.setAttribute(key, value);
  }
  made.append(...kept(children));
  return made;
}

/** Puts children in the place of those that an element has. */
export function fill(parent: Element, ...children: readonly Child[]): void {
  parent.replaceChildren(...kept(children));
}

/**
 * The same, unless it would say what is there already: a screen reader would read it again at each key that is pressed, and what
 * a reader has opened would close.
 */
export function update(parent: Element, children: readonly Child[]): void {
  const next = element('div', {}, ...children);
  if (next.textContent !== parent.textContent) parent.replaceChildren(...next.childNodes);
}

/** The element of the page with an id. */
export function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
}

function kept(children: readonly Child[]): (Node | string)[] {
  return children.filter((child): child is Node | string => child !== false && child !== undefined);
}
