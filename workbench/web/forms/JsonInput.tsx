import { Textarea } from '@mantine/core';
import { useState } from 'react';
import type { FieldInputProps } from './FieldInput.tsx';
import type { JsonValue } from './fields.ts';
import { useComplaint } from './form-context.ts';

const LONGEST = 200_000;

/** For values that have no field of their own: written as JSON, taken over when it can be read. */
export function JsonInput({ field, path, value, onChange }: FieldInputProps) {
  const [text, setText] = useState(() => (value === undefined ? '' : JSON.stringify(value, null, 2)));
  const [unread, setUnread] = useState(false);
  const complaint = useComplaint(path);
  return (
    <Textarea
      label={field.label}
      description={field.help ?? 'JSON'}
      error={unread ? 'This is not JSON yet; the value before it is kept.' : complaint}
      maxLength={LONGEST}
      rows={Math.min(20, Math.max(3, text.split('\n').length))}
      classNames={{ input: 'code' }}
      value={text}
      onChange={(event) => {
        const next = event.currentTarget.value;
        setText(next);
        if (next.trim() === '') {
          setUnread(false);
          onChange(undefined);
          return;
        }
        try {
          onChange(JSON.parse(next) as JsonValue);
          setUnread(false);
        } catch {
          setUnread(true);
        }
      }}
    />
  );
}
