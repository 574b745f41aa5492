// An action is one object; palette, keys, key list and buttons all read it, so that nothing is said twice.
import type { ComponentType } from 'react';
import { useEffect, useRef, useSyncExternalStore } from 'react';

export interface Action {
  /** `record.edit`; the latest one that is registered under an id counts. */
  readonly id: string;
  /** A verb with its object: `Edit record`. */
  readonly name: string;
  readonly icon?: ComponentType<{ size?: number; 'aria-hidden'?: 'true' }>;
  /** `e`, `mod+k`, `g t`. */
  readonly keys?: string;
  /** The place that has the focus listens for the keys itself; here they are only listed. */
  readonly listedOnly?: true;
  /** Heading in palette and key list: `Go to`, `This record`. */
  readonly section: string;
  /** Always when absent. */
  readonly visibleWhen?: () => boolean;
  readonly perform: () => void;
}

const registered = new Map<symbol, readonly Action[]>();
const listeners = new Set<() => void>();
let all: readonly Action[] = [];

function publish(): void {
  const byId = new Map<string, Action>();
  for (const actions of registered.values()) for (const action of actions) byId.set(action.id, action);
  all = [...byId.values()];
  for (const listener of listeners) listener();
}

/** Offers the actions while the component is on the page. Their `perform` may change at each drawing. */
export function useActions(actions: readonly Action[]): void {
  const latest = useRef(actions);
  latest.current = actions;
  const shape = actions
    .map((action) => [action.id, action.name, action.keys, action.section].join('|'))
    .join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: registered anew only when what is shown changes
  useEffect(() => {
    const own = Symbol('actions');
    const current = (id: string) => latest.current.find((action) => action.id === id);
    registered.set(
      own,
      latest.current.map((action) => ({
        ...action,
        visibleWhen: () => {
          const now = current(action.id);
          return now !== undefined && isVisible(now);
        },
        perform: () => current(action.id)?.perform(),
      })),
    );
    publish();
    return () => {
      registered.delete(own);
      publish();
    };
  }, [shape]);
}

/** All actions that are offered now. */
export function useAllActions(): readonly Action[] {
  return useSyncExternalStore(subscribe, () => all);
}

export function offeredActions(): readonly Action[] {
  return all.filter(isVisible);
}

export function isVisible(action: Action): boolean {
  return action.visibleWhen?.() ?? true;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
