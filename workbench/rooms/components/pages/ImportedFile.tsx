// What came as a file: what is known of it, its fingerprint, its warnings, and the original to take away.
import { IconDownload } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { WarningList, type WarningListProps } from './WarningList.tsx';
import './components.css';

export interface ImportedFileProps {
  /** SHA-256 of the original. */
  readonly hash: string;
  readonly warnings: WarningListProps['warnings'];
  /** Where the original is, and its name. */
  readonly original: { readonly href: string; readonly name: string };
  readonly children: ReactNode;
}

export function ImportedFile({ hash, warnings, original, children }: ImportedFileProps) {
  return (
    <li className="sbom">
      <div className="grow">
        {children}
        <p className="small muted">
          SHA-256 <code title={hash}>{hash.slice(0, 16)}…</code>
        </p>
        <WarningList warnings={warnings} />
      </div>
      <a className="sbom__download" href={original.href} download={original.name}>
        <IconDownload size={16} aria-hidden="true" /> Original
        <span className="unseen"> {original.name}</span>
      </a>
    </li>
  );
}

/** Whether it counts now, or another took its place. */
export function InForce({ current }: { readonly current: boolean }) {
  return <StateBadge tone={current ? 'settled' : 'ended'}>{current ? 'In force' : 'Replaced'}</StateBadge>;
}

export interface UploadOutcomeProps {
  /** It was there already, and nothing was stored. */
  readonly unchanged: boolean;
  readonly warnings: WarningListProps['warnings'];
  readonly children: ReactNode;
}

/** What came of an upload; said to those who do not see it. */
export function UploadOutcome({ unchanged, warnings, children }: UploadOutcomeProps) {
  return (
    <div className="upload" role="status">
      <p className="row">
        <StateBadge tone={unchanged ? 'ended' : 'settled'}>
          {unchanged ? 'Nothing changed' : 'Imported'}
        </StateBadge>
        {children}
      </p>
      <WarningList warnings={warnings} />
    </div>
  );
}
