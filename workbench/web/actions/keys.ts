// Key strokes and sequences: `g t`, `mod+k`, `?`. Pure, so that what a key does can be tested without a screen.

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

const MODIFIERS = new Set(['Control', 'Meta', 'Alt', 'Shift', 'CapsLock', 'AltGraph', 'Dead', 'Process']);

/** `mod+k` for Ctrl or Cmd, `?` for what the keyboard gives with Shift; empty when no key stands for itself. */
export function strokeOf(press: KeyPress): string {
  if (MODIFIERS.has(press.key) || press.altKey) return '';
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  return press.ctrlKey || press.metaKey ? `mod+${key}` : key;
}

export interface KeyAnswer {
  /** The binding that is complete. */
  readonly hit: string | null;
  /** Strokes of a sequence that is under way: `g`. */
  readonly pending: string;
}

/** What a stroke does after those that are pending. A stroke that continues nothing begins anew. */
export function pressKey(pending: string, stroke: string, bindings: readonly string[]): KeyAnswer {
  if (stroke === '') return { hit: null, pending };
  const together = pending === '' ? stroke : `${pending} ${stroke}`;
  if (bindings.includes(together)) return { hit: together, pending: '' };
  if (bindings.some((binding) => binding.startsWith(`${together} `))) return { hit: null, pending: together };
  return pending === '' ? { hit: null, pending: '' } : pressKey('', stroke, bindings);
}

/** Keys typed into a field are text. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    return true;
  return (
    target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit'].includes(target.type)
  );
}

/** `mod+k` as people read it here: `Ctrl K` or `⌘ K`. */
export function keyWords(binding: string, apple: boolean): readonly string[] {
  return binding
    .split(/[ +]/)
    .map((part) => (part === 'mod' ? (apple ? '⌘' : 'Ctrl') : part.length === 1 ? part.toUpperCase() : part));
}

/** For `aria-keyshortcuts`; sequences cannot be said there. */
export function ariaKeys(binding: string): string | undefined {
  if (binding.includes(' ')) return undefined;
  return binding.startsWith('mod+') ? `Control+${binding.slice(4)} Meta+${binding.slice(4)}` : binding;
}
