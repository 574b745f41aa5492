import { IconExternalLink } from '@tabler/icons-react';
import { safeAddress } from './safe-link.ts';

/** A link out of Ward that tells the other side nothing; what is no web address is text. */
export function SafeLink({ address }: { readonly address: string }) {
  const href = safeAddress(address);
  if (href === null) return <span className="code">{address}</span>;
  return (
    <a href={href} target="_blank" rel="noreferrer noopener external" referrerPolicy="no-referrer">
      {address.replace(/^https?:\/\//, '')} <IconExternalLink size={13} aria-label="(opens outside Ward)" />
    </a>
  );
}
