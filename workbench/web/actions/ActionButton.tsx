import { Button, Kbd } from '@mantine/core';
import type { Action } from './action.ts';
import { isVisible } from './action.ts';
import { ariaKeys, keyWords } from './keys.ts';

export interface ActionButtonProps {
  readonly action: Action;
  /** The page's one primary action. */
  readonly primary?: boolean;
}

/** The button of an action; nothing where the action is not offered. */
export function ActionButton({ action, primary }: ActionButtonProps) {
  if (!isVisible(action)) return null;
  const Icon = action.icon;
  return (
    <Button
      variant={primary ? 'filled' : 'default'}
      leftSection={Icon ? <Icon size={16} aria-hidden="true" /> : undefined}
      aria-keyshortcuts={action.keys ? ariaKeys(action.keys) : undefined}
      title={action.keys ? `Key: ${keyWords(action.keys, isApple()).join(' ')}` : undefined}
      onClick={action.perform}
    >
      {action.name}
    </Button>
  );
}

export function Keys({ binding }: { readonly binding: string }) {
  return (
    <span className="row" style={{ gap: '0.2rem', display: 'inline-flex', flexWrap: 'nowrap' }}>
      {keyWords(binding, isApple()).map((word) => (
        <Kbd key={word} size="xs">
          {word}
        </Kbd>
      ))}
    </span>
  );
}

function isApple(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.platform);
}
