// What floats: dialogs and the side panel. Focus goes in, is kept in, and returns where it was.
import { Drawer, Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { focusIsNowhere, focusPageTitle } from './focus.ts';

export interface DialogProps {
  readonly title: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly size?: 'sm' | 'md' | 'lg' | 'xl';
  readonly children: ReactNode;
}

export function Dialog({ title, opened, onClose, size = 'md', children }: DialogProps) {
  useFocusAfterwards(opened);
  return (
    <Modal.Root opened={opened} onClose={onClose} size={size}>
      <Modal.Overlay />
      <Modal.Content>
        {/* Mantine's own head is a <header>, which would be a second banner beside the page's. */}
        <div className="floating-head">
          <Modal.Title>{title}</Modal.Title>
          <Modal.CloseButton aria-label="Close" />
        </div>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

/** Detail that keeps the place: opens at the right, the list stays where it was. */
export function SidePanel({ title, opened, onClose, size = 'md', children }: DialogProps) {
  useFocusAfterwards(opened);
  return (
    <Drawer.Root opened={opened} onClose={onClose} size={size} position="right">
      <Drawer.Overlay />
      <Drawer.Content>
        <div className="floating-head">
          <Drawer.Title>{title}</Drawer.Title>
          <Drawer.CloseButton aria-label="Close" />
        </div>
        <Drawer.Body>{children}</Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}

/** The buttons of a dialog: the verb last, so that Tab meets it after the fields. */
export function DialogFoot({ children }: { readonly children: ReactNode }) {
  return (
    <div className="row" style={{ justifyContent: 'flex-end', paddingTop: 'var(--space-4)' }}>
      {children}
    </div>
  );
}

/**
 * Back to what had the focus when it opened. Mantine does so only for what was drawn closed before, and most dialogs come opened.
 * The button may be gone by the end (the step is taken); then the page's title gets the focus.
 */
function useFocusAfterwards(opened: boolean): void {
  useEffect(() => {
    if (!opened) return;
    const before = document.activeElement;
    return () => {
      // After Mantine has tried to give the focus back.
      setTimeout(() => {
        if (focusIsNowhere() && before instanceof HTMLElement) before.focus({ preventScroll: true });
        if (focusIsNowhere()) focusPageTitle();
      }, 50);
    };
  }, [opened]);
}
