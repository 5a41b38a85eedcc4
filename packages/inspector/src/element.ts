/** Creates elements. Text stays text: nothing here parses markup. */

/** Attributes, with `class` for classes; a function under `onclick` and the like adds a listener. */
export type Attributes = Readonly<Record<string, string | boolean | undefined | ((event: Event) => void)>>;

/** A child of an element; false and undefined are left out. */
export type Child = Node | string | false | undefined;

/** Creates an element. */
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

/** Replaces the children of an element. */
export function fill(parent: Element, ...children: readonly Child[]): void {
  parent.replaceChildren(...kept(children));
}

/**
 * Like `fill`, but leaves the element alone if its text stays the same: otherwise a screen reader would read it again on every keystroke,
 * and opened details would close.
 */
export function update(parent: Element, children: readonly Child[]): void {
  const next = element('div', {}, ...children);
  if (next.textContent !== parent.textContent) parent.replaceChildren(...next.childNodes);
}

/** Returns the element of the page with this id. */
export function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
}

function kept(children: readonly Child[]): (Node | string)[] {
  return children.filter((child): child is Node | string => child !== false && child !== undefined);
}
