import { AppLink } from './AppLink.tsx';

export interface KeyLinkProps {
  /** `THR-12`. */
  readonly recordKey: string;
  /** Shown after the key. */
  readonly title?: string | undefined;
  readonly tabIndex?: number;
}

/** A record by its key, leading to its page. */
export function KeyLink({ recordKey, title, tabIndex }: KeyLinkProps) {
  return (
    <>
      <AppLink to={`/r/${recordKey}`} className="key" {...(tabIndex === undefined ? {} : { tabIndex })}>
        {recordKey}
      </AppLink>
      {title === undefined ? null : <> {title}</>}
    </>
  );
}
