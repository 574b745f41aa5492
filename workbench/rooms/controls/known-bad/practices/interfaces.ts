// Interfaces of the unit: debug, media, wireless, ports.
import type { ModelInterface, ModelView, Practice } from '../contract.ts';
import { asked, byAnswer, found, tagged } from './look.ts';

/** Interfaces of some kinds that a unit in the field may offer: nobody said that they are gone. */
const usable = (view: ModelView, ...kinds: readonly ModelInterface['kind'][]) =>
  view.model.interfaces.filter(
    ({ kind, state }) => kinds.includes(kind) && state !== 'removed' && state !== 'disabled',
  );

export const INTERFACES: readonly Practice[] = [
  {
    id: 'debug-port-is-open',
    group: 'known-bad practice',
    title: 'Debug access in shipped units',
    why: 'It passes by every protection of the program.',
    cwe: 'CWE-1191',
    repair: 'Lock the port per unit in hardware before shipping, and state it in the interface table.',
    requirements: ['SR-HW-1'],
    look: (view) => [
      ...view.model.interfaces
        .filter(({ kind }) => kind === 'debug')
        .flatMap((face) => {
          if (face.state === 'removed' || face.state === 'disabled') return [];
          const locked = view.answer(face, 'port.debug-locked');
          if (locked === 'yes') return [];
          return locked === 'no' || face.state === 'open'
            ? found(`${face.title} is open in the field.`, face.id, face.element)
            : asked(
                'port.debug-locked',
                `Is the debug function of ${face.title} locked in shipped units?`,
                face.id,
              );
        }),
      ...tagged(view, 'debug', 'debugbuild', 'testmode', 'developermode').map((element) =>
        found(`${element.title} runs with debug functions.`, element.id),
      ),
    ],
  },
  {
    id: 'media-runs-by-itself',
    group: 'known-bad practice',
    title: 'Media that starts by itself',
    why: 'A stick that was found in the car park becomes an operator.',
    cwe: 'CWE-1263',
    repair: 'Mount nothing and start nothing by itself; take listed file types after verification.',
    requirements: ['SR-HW-1', 'SR-INPUT-1'],
    look: (view) =>
      byAnswer(view, usable(view, 'usb', 'media'), 'port.no-autorun', {
        no: (title) => `What is plugged into ${title} starts by itself.`,
        ask: (title) => `Is nothing executed or mounted by itself from ${title}?`,
      }),
  },
  {
    id: 'wireless-is-weakly-authenticated',
    group: 'known-bad practice',
    title: 'Wireless without credentials per device',
    why: 'Whoever knows the one passphrase, or stands near at pairing, is inside.',
    cwe: 'CWE-1390',
    repair: 'Credentials per device (802.1X), pairing out of band and closed by default.',
    requirements: ['SR-COM-1', 'SR-AUTHN-3'],
    look: (view) => [
      ...byAnswer(view, usable(view, 'wifi'), 'wifi.strong-auth', {
        no: (title) => `${title} is joined with a shared passphrase or none.`,
        ask: (title) => `Is the association of ${title} authenticated both ways, per device?`,
      }),
      ...byAnswer(view, usable(view, 'bluetooth'), 'bt.pairing-secure', {
        no: (title) => `${title} pairs with whoever is near.`,
        ask: (title) => `Is pairing of ${title} authenticated and closed by default?`,
      }),
    ],
  },
  {
    id: 'unused-interface-is-open',
    group: 'secure defaults',
    title: 'Open interface that nothing uses',
    why: 'It serves nobody but an attacker.',
    cwe: 'CWE-1299',
    repair: 'Disable or remove it in shipped units, and say so in the interface table.',
    requirements: ['SR-HW-1', 'SR-COM-3'],
    look: (view) => {
      const used = new Set(view.model.flows.flatMap(({ via }) => via));
      return view.model.interfaces.flatMap((face) => {
        if (used.has(face.id) || face.kind === 'touch-ui' || face.kind === 'debug') return [];
        if (face.state === 'open')
          return found(`${face.title} is open, and no flow goes over it.`, face.id, face.element);
        return face.state === 'not stated'
          ? asked(
              '',
              `No flow goes over ${face.title}: is it open, covered, disabled or removed in the field?`,
              face.id,
            )
          : [];
      });
    },
  },
  {
    id: 'port-takes-any-device',
    group: 'secure defaults',
    title: 'Port that takes any device',
    why: 'A device that calls itself a keyboard types what it likes.',
    cwe: 'CWE-1263',
    repair: 'Accept listed device classes only.',
    requirements: ['SR-HW-1'],
    look: (view) =>
      byAnswer(
        view,
        view.model.interfaces.filter(
          ({ kind, state }) => kind === 'usb' && (state === 'open' || state === 'covered'),
        ),
        'port.disabled-or-allowlisted',
        {
          no: (title) => `${title} accepts any device.`,
          ask: (title) => `Is ${title} limited to listed device classes?`,
        },
      ),
  },
];
