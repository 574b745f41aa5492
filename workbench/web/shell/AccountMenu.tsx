import { Menu } from '@mantine/core';
import { IconChevronDown, IconKey, IconKeyboard, IconLogout, IconUserCircle } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import type { Scheme } from '../design/theme.ts';
import { chooseTheme, useThemeChoice } from '../design/theme.ts';
import { showProblem } from '../design/toasts.ts';
import { forgetEverything, peopleClient, useMe } from '../session.ts';
import { useGo } from '../use-go.ts';

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
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <button type="button" className="icon-button" aria-label={`Account of ${me.name}`}>
          <IconUserCircle size={18} aria-hidden="true" />
          <span className="top__name cut">{me.name}</span>
          <IconChevronDown size={14} aria-hidden="true" />
        </button>
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

export function useSignOut(): () => Promise<void> {
  const navigate = useNavigate();
  return async () => {
    try {
      const { providerUrl } = await (await peopleClient.session.$delete()).json();
      if (providerUrl !== null) {
        // The session at the provider would let the next person at this screen in again.
        location.assign(providerUrl);
        return;
      }
      // First away from what needs a person, then forget the person.
      await navigate({ to: '/sign-in', search: {} as never });
      await forgetEverything();
    } catch (error) {
      showProblem(error);
    }
  };
}
