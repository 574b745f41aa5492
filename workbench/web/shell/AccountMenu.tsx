// Loaded when it is opened for the first time; its button is in the shell from the start and is replaced by the one here.
import { Menu } from '@mantine/core';
import { IconKey, IconKeyboard, IconLogout, IconUserCircle } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import type { Scheme } from '../design/theme.ts';
import { chooseTheme, useThemeChoice } from '../design/theme.ts';
import { useMe } from '../session.ts';
import { useGo } from '../use-go.ts';
import { AccountButton } from './AccountButton.tsx';
import { useSignOut } from './use-sign-out.ts';

const SCHEMES: readonly (readonly [Scheme, string])[] = [
  ['system', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

export function AccountMenu({ onKeys }: { readonly onKeys: () => void }) {
  const me = useMe();
  const go = useGo();
  const signOut = useSignOut();
  const theme = useThemeChoice();
  const button = useRef<HTMLButtonElement>(null);
  const [opened, setOpened] = useState(false);
  // The button that was pressed went with its focus. The menu remembers, while it opens, where the focus has to return to.
  useEffect(() => {
    button.current?.focus();
    setOpened(true);
  }, []);
  return (
    <Menu position="bottom-end" width={230} opened={opened} onChange={setOpened}>
      <Menu.Target>
        <AccountButton name={me.name} ref={button} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconUserCircle size={16} aria-hidden="true" />}
          onClick={() => go('/account')}
        >
          My account
        </Menu.Item>
        <Menu.Item leftSection={<IconKey size={16} aria-hidden="true" />} onClick={() => go('/tokens')}>
          API tokens
        </Menu.Item>
        <Menu.Item leftSection={<IconKeyboard size={16} aria-hidden="true" />} onClick={onKeys}>
          Keys
        </Menu.Item>
        <Menu.Divider />
        <Menu.RadioGroup
          value={theme.scheme}
          onChange={(scheme) => chooseTheme({ scheme: scheme as Scheme })}
        >
          {SCHEMES.map(([scheme, title]) => (
            <Menu.RadioItem key={scheme} value={scheme}>
              {title}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.CheckboxItem
          checked={theme.contrast === 'more'}
          onChange={(more) => chooseTheme({ contrast: more ? 'more' : 'system' })}
        >
          More contrast
        </Menu.CheckboxItem>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden="true" />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
