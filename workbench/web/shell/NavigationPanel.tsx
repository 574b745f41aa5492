import { SidePanel } from '../design/Dialog.tsx';
import { Navigation } from './Navigation.tsx';

export interface NavigationPanelProps {
  readonly path: string;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** The navigation on screens too narrow to hold it; loaded when it is first opened. */
export function NavigationPanel({ path, opened, onClose }: NavigationPanelProps) {
  return (
    <SidePanel title="Ward" opened={opened} onClose={onClose} size="sm">
      <Navigation path={path} onGo={onClose} />
    </SidePanel>
  );
}
