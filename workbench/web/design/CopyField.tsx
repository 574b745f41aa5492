import { Button, TextInput } from '@mantine/core';
import { IconCopy } from '@tabler/icons-react';
import { showToast } from './toasts.ts';

export interface CopyFieldProps {
  readonly label: string;
  readonly text: string;
}

/** Something to be passed on: shown whole, copied with one press. */
export function CopyField({ label, text }: CopyFieldProps) {
  return (
    <div className="row" style={{ alignItems: 'flex-end', flexWrap: 'nowrap' }}>
      <TextInput
        className="grow"
        label={label}
        value={text}
        readOnly={true}
        onFocus={(event) => event.currentTarget.select()}
      />
      <Button
        size="sm"
        leftSection={<IconCopy size={16} aria-hidden="true" />}
        onClick={() => void copyText(text)}
      >
        Copy
      </Button>
    </div>
  );
}

/** Browsers allow copying on https and localhost only; elsewhere the reader is told to copy by hand. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    showToast('Copied.');
  } catch {
    showToast('This browser does not allow copying here; select the text and copy it.');
  }
}
