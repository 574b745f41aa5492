// Listens for keys once, for the whole page, and performs the action that they belong to.
import { announce } from '../design/announcer.ts';
import { offeredActions } from './action.ts';
import { isTyping, pressKey, strokeOf } from './keys.ts';

// Long enough to find the second letter of a sequence.
const SEQUENCE_MS = 1_500;
const PLACE = 'ward.single-keys';

/** WCAG 2.1.4: keys without Ctrl or Cmd can be turned off. */
export function singleKeysOn(): boolean {
  try {
    return localStorage.getItem(PLACE) !== 'off';
  } catch {
    return true;
  }
}

export function turnSingleKeys(on: boolean): void {
  try {
    localStorage.setItem(PLACE, on ? 'on' : 'off');
  } catch {
    // Private mode: nothing is remembered.
  }
  announce(on ? 'Single keys are on.' : 'Single keys are off.');
}

export function followKeys(): () => void {
  let pending = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  const listen = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const stroke = strokeOf(event);
    const withModifier = stroke.startsWith('mod+');
    if (!withModifier && (isTyping(event.target) || inDialog() || !singleKeysOn())) return;
    if (withModifier && inDialog()) return;
    const actions = offeredActions().filter((action) => action.keys !== undefined && !action.listedOnly);
    const answer = pressKey(
      pending,
      stroke,
      actions.map((action) => action.keys as string),
    );
    pending = answer.pending;
    clearTimeout(timer);
    if (pending !== '') {
      timer = setTimeout(() => {
        pending = '';
      }, SEQUENCE_MS);
    }
    if (answer.hit === null) return;
    event.preventDefault();
    // The one that was registered last is nearest to what the reader looks at.
    actions.findLast((action) => action.keys === answer.hit)?.perform();
  };
  window.addEventListener('keydown', listen);
  return () => {
    clearTimeout(timer);
    window.removeEventListener('keydown', listen);
  };
}

function inDialog(): boolean {
  return document.querySelector('[role="dialog"][aria-modal="true"]') !== null;
}
