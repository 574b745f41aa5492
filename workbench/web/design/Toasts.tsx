import { Button } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useCallback } from 'react';
import { registerRegions } from './announcer.ts';
import { dismiss, hold, release, useToasts } from './toasts.ts';

/** The corner where notes appear, and the two regions that screen readers listen to. */
export function Toasts() {
  const toasts = useToasts();
  const regions = useCallback((box: HTMLDivElement | null) => {
    registerRegions(
      box?.querySelector<HTMLElement>('[aria-live="polite"]') ?? null,
      box?.querySelector<HTMLElement>('[aria-live="assertive"]') ?? null,
    );
  }, []);
  return (
    <>
      <div ref={regions} className="unseen">
        <div aria-live="polite" aria-atomic="true" />
        <div aria-live="assertive" aria-atomic="true" />
      </div>
      <section className="toasts" aria-label="Notes">
        {toasts.map((toast) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: hovering only holds the note; every act is a button
          <div
            key={toast.id}
            className={`toast toast--${toast.tone}`}
            onMouseEnter={() => hold(toast.id)}
            onMouseLeave={() => release(toast.id)}
            onFocus={() => hold(toast.id)}
            onBlur={() => release(toast.id)}
          >
            <span className="grow">{toast.text}</span>
            {toast.undo ? (
              <Button
                onClick={() => {
                  toast.undo?.();
                  dismiss(toast.id);
                }}
              >
                Undo
              </Button>
            ) : null}
            <button
              type="button"
              className="icon-button"
              aria-label="Dismiss note"
              onClick={() => dismiss(toast.id)}
            >
              <IconX size={16} aria-hidden="true" />
            </button>
          </div>
        ))}
      </section>
    </>
  );
}
