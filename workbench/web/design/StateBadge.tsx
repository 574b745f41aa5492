// A state is an icon and a word; colour only repeats what they say.
import {
  IconAlertTriangle,
  IconArchive,
  IconCircle,
  IconCircleCheck,
  IconCircleX,
  IconHelpCircle,
  IconRefreshAlert,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';

export type Tone = 'open' | 'attention' | 'settled' | 'ended' | 'danger' | 'question' | 'stale';

const ICONS = {
  open: IconCircle,
  attention: IconAlertTriangle,
  settled: IconCircleCheck,
  ended: IconArchive,
  danger: IconCircleX,
  question: IconHelpCircle,
  stale: IconRefreshAlert,
};

export function StateBadge({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  const Icon = ICONS[tone];
  return (
    <span className={`badge badge--${tone === 'stale' ? 'attention' : tone}`}>
      <Icon size={13} stroke={2} aria-hidden="true" />
      {children}
    </span>
  );
}
