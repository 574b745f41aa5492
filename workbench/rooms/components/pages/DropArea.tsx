// Takes one file: dropped here, or chosen with the button. The button does the same for those who use the keyboard.
import { Button } from '@mantine/core';
import { IconFileUpload } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useRef, useState } from 'react';
import './components.css';

export interface DropAreaProps {
  /** A verb with its object: `Choose an SBOM`. */
  readonly verb: string;
  /** For the file dialog: `.json,.xml`. */
  readonly accept?: string;
  readonly disabled?: boolean;
  readonly onFile: (file: File) => void;
  /** What may be dropped here, and what happens then. */
  readonly children: ReactNode;
}

export function DropArea({ verb, accept, disabled = false, onFile, children }: DropAreaProps) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const take = (files: FileList | null) => {
    const file = files?.[0];
    if (file && !disabled) onFile(file);
  };
  return (
    <section
      className={over ? 'drop drop--over' : 'drop'}
      aria-label={verb}
      onDragOver={(event) => {
        if (disabled || !event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer.files);
      }}
    >
      <IconFileUpload size={22} stroke={1.5} aria-hidden="true" />
      <div className="grow">{children}</div>
      <input
        ref={input}
        type="file"
        hidden={true}
        {...(accept === undefined ? {} : { accept })}
        onChange={(event) => {
          take(event.currentTarget.files);
          // The same file can be chosen again after it was corrected.
          event.currentTarget.value = '';
        }}
      />
      <Button disabled={disabled} onClick={() => input.current?.click()}>
        {verb}
      </Button>
    </section>
  );
}
