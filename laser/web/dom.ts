// A few words to build pages with: text is always text, never markup.
type Child = Node | string | null | undefined | false;
type Properties = Readonly<Record<string, string | boolean | number | ((event: never) => void) | undefined>>;

/** `el('button', { type: 'button', onclick: go }, 'Go')`; attributes as in HTML, `on…` are listeners. */
export function el<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(key.slice(2), value as EventListener);
    else element.setAttribute(key, value === true ? '' : String(value));
  }
  element.append(
    ...children.filter((child): child is Node | string => child instanceof Node || typeof child === 'string'),
  );
  return element;
}

export function byId<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  const found = document.getElementById(id);
  if (!found) throw new Error(`there is no #${id}`);
  return found as Kind;
}

/** Sets text only when it changed, so that a live region speaks once. */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export interface Told {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** JSON there and back; an answer that never came is a status of 0 with a sentence. */
export async function ask(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Told> {
  try {
    const response = await fetch(path, {
      method,
      ...(method === 'POST'
        ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) }
        : {}),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  } catch {
    return { status: 0, body: { code: 'no-answer', says: 'The program behind this page does not answer.' } };
  }
}
