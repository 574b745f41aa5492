import { Button } from '@mantine/core';
import { useEffect } from 'react';
import { announce } from '../../../web/design/announcer.ts';
import type { UploadPhase } from './upload-words.ts';
import { phaseTitle, sizeWords } from './upload-words.ts';
import './components.css';

export interface UploadProgressProps {
  readonly fileName: string;
  readonly size: number;
  readonly at: UploadPhase;
  /** Absent once stopping would no longer help. */
  readonly onStop?: (() => void) | undefined;
}

/** Which phase an upload is in, and how far; each new phase is announced once. */
export function UploadProgress({ fileName, size, at, onStop }: UploadProgressProps) {
  const title = phaseTitle(at.phase);
  useEffect(() => announce(`${title}: ${fileName}`), [title, fileName]);
  return (
    <div className="upload">
      <div className="row">
        <span className="grow cut">
          {title} <strong>{fileName}</strong> <span className="muted">{sizeWords(size)}</span>
        </span>
        <span className="muted">{at.share === null ? '' : `${Math.floor(at.share * 100)} %`}</span>
        {onStop ? <Button onClick={onStop}>Stop</Button> : null}
      </div>
      <progress
        className="upload__bar"
        aria-label={`${title} ${fileName}`}
        max={1}
        {...(at.share === null ? {} : { value: at.share })}
      />
    </div>
  );
}
