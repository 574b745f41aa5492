// What floats: dialogs and the side panel. Focus goes in, is kept in, and returns where it was.
import { Drawer, Modal } from '@mantine/core';
import type { ReactNode } from 'react';

export interface DialogProps {
  readonly title: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly size?: 'sm' | 'md' | 'lg' | 'xl';
  readonly children: ReactNode;
}

export function Dialog({ title, opened, onClose, size = 'md', children }: DialogProps) {
  return (
    <Modal
      title={title}
      opened={opened}
      onClose={onClose}
      size={size}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {children}
    </Modal>
  );
}

/** Detail that keeps the place: opens at the right, the list stays where it was. */
export function SidePanel({ title, opened, onClose, size = 'md', children }: DialogProps) {
  return (
    <Drawer
      title={title}
      opened={opened}
      onClose={onClose}
      size={size}
      position="right"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {children}
    </Drawer>
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
