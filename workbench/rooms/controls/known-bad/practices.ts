// The practices, by hand: each with what it is, why it is bad, where it is catalogued (CWE), and how to repair it. What a
// question decides is asked where nobody answered: not answered is never "no".
import type {
  Hit,
  ModelElement,
  ModelFlow,
  ModelInterface,
  ModelView,
  ModelZone,
  Practice,
  SeenFlow,
} from './contract.ts';
import { CLEAR, ENCRYPTED, OUT_OF_DATE, RETIRED, UNSUPPORTED } from './words.ts';

const found = (what: string, ...ids: readonly string[]): Hit => ({ state: 'found', ids, what, question: '' });
const asked = (question: string, what: string, ...ids: readonly string[]): Hit => ({
  state: 'question',
  ids,
  what,
  question,
});

type Place = ModelElement | ModelFlow | ModelInterface | ModelZone;

/** For each place where it could be: "no" finds it, "yes" rules it out, silence asks. */
function byAnswer(
  view: ModelView,
  places: readonly Place[],
  key: string,
  words: { readonly no: (title: string) => string; readonly ask: (title: string) => string },
): Hit[] {
  return places.flatMap((place) => {
    const answer = view.answer(place, key);
    if (answer === 'yes') return [];
    return answer === 'no'
      ? found(words.no(place.title), place.id)
      : asked(key, words.ask(place.title), place.id);
  });
}

const inScope = (view: ModelView) =>
  view.model.elements.filter(
    (element) => !element.outOfScope && element.kind !== 'actor' && element.kind !== 'external',
  );
const tagged = (view: ModelView, ...words: readonly string[]) =>
  inScope(view).filter((element) => view.techWords(element).some((word) => words.includes(word)));
const usedByPeople = (view: ModelView) =>
  inScope(view).filter((element) => view.into(element.id).some(({ from }) => from?.kind === 'actor'));
const networked = (view: ModelView) =>
  inScope(view).filter((element) =>
    [...view.into(element.id), ...view.outOf(element.id)].some(({ network }) => network),
  );
const reachedFromOutside = (view: ModelView) =>
  inScope(view).filter((element) => view.into(element.id).some(({ network, crosses }) => network && crosses));
const isEncrypted = ({ words }: SeenFlow) => words.some((word) => ENCRYPTED.has(word));
const isClear = (seen: SeenFlow) => !isEncrypted(seen) && seen.words.some((word) => CLEAR.has(word));
const carriesAny = ({ carries }: SeenFlow, ...kinds: readonly string[]) =>
  kinds.some((kind) => carries.has(kind));
const inZoneOf = (view: ModelView, element: ModelElement | undefined, ...kinds: readonly string[]) =>
  view.zonesOf(element).some((zone) => kinds.includes(zone.kind));

/** What is known of a flow's encryption: an answer wins over what its protocol says. */
function encryptionOf(view: ModelView, seen: SeenFlow): 'yes' | 'no' | undefined {
  const answer = view.answer(seen.flow, 'flow.encrypted');
  if (answer !== undefined) return answer;
  if (isEncrypted(seen)) return 'yes';
  return isClear(seen) ? 'no' : undefined;
}

function sourceKnown(view: ModelView, seen: SeenFlow): 'yes' | 'no' | undefined {
  const answer = view.answer(seen.flow, 'flow.auth-source');
  if (answer !== undefined) return answer;
  if (seen.words.some((word) => word === 'mutualtls' || word === 'mtls')) return 'yes';
  return isClear(seen) ? 'no' : undefined;
}

export const PRACTICES: readonly Practice[] = [
  {
    id: 'account-is-shared',
    group: 'known-bad practice',
    title: 'People share an account',
    why: 'Nobody can say who acted, and a password that all know is never changed when one leaves.',
    cwe: 'CWE-287',
    repair: 'Give each person an account of their own; keep an emergency access that is recorded.',
    requirements: ['SR-AUTHN-1'],
    look: (view) => [
      ...tagged(view, 'sharedaccount', 'sharedcredentials', 'sharedlogin').map((element) =>
        found(`${element.title} is used with a shared account.`, element.id),
      ),
      ...byAnswer(view, usedByPeople(view), 'authn.each-user', {
        no: (title) => `${title} does not tell its users apart.`,
        ask: (title) => `Does ${title} identify each user individually?`,
      }),
    ],
  },
  {
    id: 'password-is-a-default',
    group: 'known-bad practice',
    title: 'Default or built-in password',
    why: 'It stands in a manual or in every unit: who has one has all.',
    cwe: 'CWE-1392',
    repair: 'Make credentials per unit at first start, and refuse to run with none.',
    requirements: ['SR-AUTHN-3'],
    look: (view) => [
      ...tagged(view, 'defaultpassword', 'defaultcredentials', 'hardcodedpassword', 'builtinpassword').map(
        (element) => found(`${element.title} has a default or built-in credential.`, element.id),
      ),
      ...byAnswer(
        view,
        [...new Set([...usedByPeople(view), ...reachedFromOutside(view)])],
        'authn.no-default-secret',
        {
          no: (title) => `${title} is shipped with a default or built-in credential.`,
          ask: (title) => `Is every credential of ${title} unique to the unit?`,
        },
      ),
    ],
  },
  {
    id: 'clear-text-crosses-zones',
    group: 'known-bad practice',
    title: 'Clear text across a zone boundary',
    why: 'Whoever sits between the zones reads it, and mostly changes it too.',
    cwe: 'CWE-319',
    repair: 'Run it over TLS 1.2 or 1.3 with both ends authenticated, or through an encrypted conduit.',
    requirements: ['SR-COM-1'],
    look: (view) =>
      view.flows.flatMap((seen) => {
        if (!seen.network || !seen.crosses) return [];
        const { flow } = seen;
        const encrypted = encryptionOf(view, seen);
        if (encrypted === 'yes') return [];
        return encrypted === 'no'
          ? found(
              `${flow.title} crosses zones in clear text (${flow.protocol.join(', ')}).`,
              flow.id,
              flow.from,
              flow.to,
            )
          : asked('flow.encrypted', `Is ${flow.title} encrypted?`, flow.id);
      }),
  },
  {
    id: 'secret-travels-in-clear-text',
    group: 'known-bad practice',
    title: 'Credentials, keys or patient data in clear text',
    why: 'One capture inside the zone is enough.',
    cwe: 'CWE-523',
    repair: 'Encrypt the flow, or take the secret out of it.',
    requirements: ['SR-COM-1', 'SR-DATA-1'],
    look: (view) =>
      view.flows.flatMap((seen) =>
        seen.network &&
        !seen.crosses &&
        carriesAny(seen, 'credential', 'key', 'patient-data') &&
        encryptionOf(view, seen) === 'no'
          ? found(`${seen.flow.title} carries a secret or patient data in clear text.`, seen.flow.id)
          : [],
      ),
  },
  {
    id: 'network-is-one-flat-zone',
    group: 'known-bad practice',
    title: 'One flat zone',
    why: 'Nothing stops an attacker who is anywhere in it: every element is the next one.',
    cwe: 'CWE-653',
    repair: 'Separate outside, application and safety side into zones, with conduits that deny by default.',
    requirements: ['SR-COM-3', 'SR-SAFE-1'],
    look: (view) => {
      const elements = inScope(view);
      const zones = new Set(elements.map(({ zone }) => zone));
      // Elements without a zone are a gap of the model, and shown as such.
      if (elements.length < 4 || zones.size !== 1 || zones.has('')) return [];
      const [zone = ''] = zones;
      return [
        found(`All ${elements.length} elements stand in one zone.`, zone, ...elements.map(({ id }) => id)),
      ];
    },
  },
  {
    id: 'safety-shares-a-zone-with-the-network',
    group: 'known-bad practice',
    title: 'Safety side and network in one zone',
    why: 'What is taken over over the network stands beside what must never be.',
    cwe: 'CWE-653',
    repair: 'Put the safety elements into a zone of their own with one narrow, validated conduit.',
    requirements: ['SR-SAFE-1'],
    look: (view) =>
      inScope(view)
        .filter((element) => element.safety && element.zone !== '')
        .flatMap((element) => {
          const beside = reachedFromOutside(view).filter(
            (other) => other.id !== element.id && other.zone === element.zone && !other.safety,
          );
          return beside.length === 0
            ? []
            : found(
                `${element.title} stands in one zone with ${beside[0]?.title}, which is reached from another zone.`,
                element.id,
                ...beside.map(({ id }) => id),
              );
        }),
  },
  {
    id: 'update-is-not-authenticated',
    group: 'known-bad practice',
    title: 'Update without authentication',
    why: 'Whoever can send an update can replace the program.',
    cwe: 'CWE-494',
    repair: 'Verify a signature with a threshold of offline keys on the unit before anything is installed.',
    requirements: ['SR-UPD-1'],
    look: (view) => {
      const updaters = tagged(view, 'updater', 'update', 'updateagent', 'bootloader');
      const receivers = view.flows
        .filter((seen) => carriesAny(seen, 'software') && seen.to !== undefined && seen.network)
        .flatMap(({ to }) => (to && to.kind === 'process' ? [to] : []));
      return byAnswer(view, [...new Set([...updaters, ...receivers])], 'upd.signed', {
        no: (title) => `${title} installs updates without verifying a signature.`,
        ask: (title) => `Does ${title} verify the signature of each update?`,
      });
    },
  },
  {
    id: 'old-version-can-be-installed',
    group: 'known-bad practice',
    title: 'Rollback to a vulnerable version',
    why: 'A genuine old version brings its repaired flaws back.',
    cwe: 'CWE-1328',
    repair: 'Keep a counter that only rises, and refuse what is older.',
    requirements: ['SR-UPD-2'],
    look: (view) =>
      byAnswer(view, tagged(view, 'updater', 'bootloader'), 'upd.no-rollback', {
        no: (title) => `${title} installs older versions.`,
        ask: (title) => `Does ${title} refuse versions older than the installed one?`,
      }),
  },
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
    id: 'cryptography-is-out-of-date',
    group: 'known-bad practice',
    title: 'Cryptography out of date',
    why: 'It is broken in practice or no longer accepted; it looks like protection and is none.',
    cwe: 'CWE-327',
    repair: 'Replace it by what stands beside it, and refuse to fall back.',
    requirements: ['SR-CRYPTO-1'],
    look: (view) => [
      ...view.flows.flatMap(({ flow, words }) => outOfDate(words, flow.title, flow.id)),
      ...view.model.elements.flatMap((element) =>
        outOfDate(view.techWords(element), element.title, element.id),
      ),
    ],
  },
  {
    id: 'protocol-is-retired',
    group: 'known-bad practice',
    title: 'Protocol that is retired',
    why: 'It sends log-ins in clear text, or asks for none.',
    cwe: 'CWE-477',
    repair: 'Replace it by what stands beside it, and close its port.',
    requirements: ['SR-COM-1', 'SR-COM-3'],
    look: (view) => [
      ...view.flows.flatMap((seen) =>
        seen.words.flatMap((word) =>
          RETIRED[word] !== undefined && !isEncrypted(seen)
            ? found(`${seen.flow.title} uses ${word}; use ${RETIRED[word]}.`, seen.flow.id)
            : [],
        ),
      ),
      ...inScope(view).flatMap((element) =>
        view
          .techWords(element)
          .filter((word) => RETIRED[word] !== undefined)
          .map((word) => found(`${element.title} offers ${word}; use ${RETIRED[word]}.`, element.id)),
      ),
    ],
  },
  {
    id: 'internet-reaches-the-device',
    group: 'known-bad practice',
    title: 'Direct way from the internet to the device',
    why: 'The whole world can try, at any hour.',
    cwe: 'CWE-668',
    repair: 'Let the device connect outward to a broker, or put a gateway with its own accounts between.',
    requirements: ['SR-COM-3', 'SR-SVC-1'],
    look: (view) =>
      view.flows.flatMap(({ flow, from, to, words }) =>
        inZoneOf(view, from, 'internet') &&
        inZoneOf(view, to, 'device', 'safety', 'room', 'home') &&
        words.length > 0
          ? found(
              `${flow.title} leads from the internet straight to ${to?.title}.`,
              flow.id,
              flow.from,
              flow.to,
            )
          : [],
      ),
  },
  {
    id: 'safety-element-trusts-the-network',
    group: 'known-bad practice',
    title: 'Safety element on the network without a check of its own',
    why: 'A command from outside acts on the patient, and nothing on the safety side judges it.',
    cwe: 'CWE-306',
    repair: 'Check bounds, state and origin on the safety side, and let hardware permit the effect.',
    requirements: ['SR-SAFE-1', 'SR-CMD-2'],
    look: (view) =>
      reachedFromOutside(view)
        .filter(({ safety }) => safety)
        .flatMap((element) => {
          const answers = ['safety.firewall-link', 'safety.hw-interlock', 'cmd.bounds-on-device'].map((key) =>
            view.answer(element, key),
          );
          if (answers.includes('yes')) return [];
          return answers.every((answer) => answer === 'no')
            ? found(`${element.title} is reached over a network and checks nothing itself.`, element.id)
            : asked(
                'safety.firewall-link',
                `What does the safety side of ${element.title} check itself?`,
                element.id,
              );
        }),
  },
  {
    id: 'command-has-no-known-sender',
    group: 'known-bad practice',
    title: 'Commands from an unknown sender',
    why: 'Whoever reaches the receiver can give orders.',
    cwe: 'CWE-306',
    repair: 'Authenticate the sender of each command, end to end.',
    requirements: ['SR-CMD-1', 'SR-COM-1'],
    look: (view) =>
      view.flows.flatMap((seen) => {
        if (
          !seen.network ||
          !seen.crosses ||
          !carriesAny(seen, 'command', 'parameters', 'config', 'calibration')
        )
          return [];
        const known = sourceKnown(view, seen);
        if (known === 'yes') return [];
        return known === 'no'
          ? found(`The receiver of ${seen.flow.title} does not authenticate the sender.`, seen.flow.id)
          : asked(
              'flow.auth-source',
              `Does the receiver of ${seen.flow.title} authenticate the sender?`,
              seen.flow.id,
            );
      }),
  },
  {
    id: 'command-can-be-replayed',
    group: 'known-bad practice',
    title: 'Commands that can be replayed',
    why: 'A true command at the wrong time is a false one.',
    cwe: 'CWE-294',
    repair: 'Number commands, bind them to the treatment, and let them expire.',
    requirements: ['SR-COM-2', 'SR-CMD-1'],
    look: (view) =>
      byAnswer(
        view,
        view.flows
          .filter((seen) => seen.network && seen.crosses && carriesAny(seen, 'command', 'parameters'))
          .map(({ flow }) => flow),
        'flow.replay-protected',
        {
          no: (title) => `${title} can be repeated later.`,
          ask: (title) => `Are repeated or delayed messages of ${title} rejected?`,
        },
      ),
  },
  {
    id: 'key-is-the-same-everywhere',
    group: 'known-bad practice',
    title: 'One key for all units',
    why: 'A key taken from one unit opens all of them.',
    cwe: 'CWE-321',
    repair: 'Make the key in the unit, and certify its public half in production.',
    requirements: ['SR-KEY-1'],
    look: (view) => [
      ...tagged(view, 'sharedkey', 'hardcodedkey', 'globalkey').map((element) =>
        found(`${element.title} uses a key that other units have too.`, element.id),
      ),
      ...byAnswer(view, tagged(view, 'deviceidentity'), 'key.unit-unique', {
        no: (title) => `${title} has an identity that other units have too.`,
        ask: (title) => `Is the identity key of ${title} unique to each unit?`,
      }),
    ],
  },
  {
    id: 'key-lies-in-plain-storage',
    group: 'known-bad practice',
    title: 'Private key in plain storage',
    why: 'Whoever reads the storage is the unit from then on.',
    cwe: 'CWE-312',
    repair: 'Hold it in a secure element or TPM from which it cannot be read.',
    requirements: ['SR-KEY-1'],
    look: (view) =>
      byAnswer(
        view,
        inScope(view).filter((element) => view.holds(element).has('key')),
        'key.hw-protected',
        {
          no: (title) => `${title} holds a private key that can be read.`,
          ask: (title) => `Are the private keys of ${title} held in hardware?`,
        },
      ),
  },
  {
    id: 'patient-data-lies-in-clear-text',
    group: 'known-bad practice',
    title: 'Patient data stored in clear text',
    why: 'Disks are stolen, repaired and sold.',
    cwe: 'CWE-311',
    repair: 'Encrypt at rest with keys kept apart.',
    requirements: ['SR-DATA-1'],
    look: (view) =>
      byAnswer(
        view,
        inScope(view).filter((element) => view.holds(element).has('patient-data')),
        'store.encrypted',
        {
          no: (title) => `${title} stores patient data in clear text.`,
          ask: (title) => `Is the patient data in ${title} encrypted, with keys kept apart?`,
        },
      ),
  },
  {
    id: 'platform-is-out-of-support',
    group: 'known-bad practice',
    title: 'Platform out of support',
    why: 'Its next flaw will not be repaired.',
    cwe: 'CWE-1104',
    repair: 'Move to a supported platform, or plan its isolation until then and declare it to customers.',
    requirements: ['SR-OS-1', 'SR-SUP-1'],
    look: (view) => [
      ...view.model.elements.flatMap((element) =>
        view
          .techWords(element)
          .filter((word) => UNSUPPORTED.has(word))
          .map((word) =>
            found(`${element.title} runs on ${word}, which gets no security updates.`, element.id),
          ),
      ),
      ...byAnswer(view, tagged(view, 'runsos'), 'os.supported', {
        no: (title) => `The platform of ${title} is not supported for the service life.`,
        ask: (title) => `Is the platform of ${title} supported for the declared service life?`,
      }),
    ],
  },
  {
    id: 'remote-log-in-has-one-factor',
    group: 'known-bad practice',
    title: 'Remote log-in with a password alone',
    why: 'One phished password opens it.',
    cwe: 'CWE-308',
    repair: 'Ask for a second factor of another kind.',
    requirements: ['SR-AUTHN-2'],
    look: (view) =>
      byAnswer(
        view,
        inScope(view).filter((element) =>
          view.into(element.id).some(({ from, crosses }) => from?.kind === 'actor' && crosses),
        ),
        'authn.mfa-remote',
        {
          no: (title) => `${title} opens to a password alone from another zone.`,
          ask: (title) => `Does a remote or privileged log-in to ${title} need a second factor?`,
        },
      ),
  },
  {
    id: 'service-port-listens',
    group: 'known-bad practice',
    title: 'Service access that listens',
    why: 'A way in for the maker is a way in for whoever steals it.',
    cwe: 'CWE-1299',
    repair: 'Let the device call out through a broker, after consent at the unit, for a limited time.',
    requirements: ['SR-SVC-1'],
    look: (view) =>
      byAnswer(view, tagged(view, 'serviceaccess', 'remoteservice', 'diagnostics'), 'svc.outbound-only', {
        no: (title) => `${title} listens for service connections.`,
        ask: (title) => `Are service connections of ${title} made outbound only?`,
      }),
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
      byAnswer(
        view,
        view.model.interfaces.filter(
          ({ kind, state }) =>
            (kind === 'usb' || kind === 'media') && state !== 'removed' && state !== 'disabled',
        ),
        'port.no-autorun',
        {
          no: (title) => `What is plugged into ${title} starts by itself.`,
          ask: (title) => `Is nothing executed or mounted by itself from ${title}?`,
        },
      ),
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
      ...byAnswer(
        view,
        view.model.interfaces.filter(
          ({ kind, state }) => kind === 'wifi' && state !== 'removed' && state !== 'disabled',
        ),
        'wifi.strong-auth',
        {
          no: (title) => `${title} is joined with a shared passphrase or none.`,
          ask: (title) => `Is the association of ${title} authenticated both ways, per device?`,
        },
      ),
      ...byAnswer(
        view,
        view.model.interfaces.filter(
          ({ kind, state }) => kind === 'bluetooth' && state !== 'removed' && state !== 'disabled',
        ),
        'bt.pairing-secure',
        {
          no: (title) => `${title} pairs with whoever is near.`,
          ask: (title) => `Is pairing of ${title} authenticated and closed by default?`,
        },
      ),
    ],
  },
  {
    id: 'events-are-not-recorded',
    group: 'known-bad practice',
    title: 'Security events are not recorded',
    why: 'An attack leaves no trace, and nobody can tell how far it went.',
    cwe: 'CWE-778',
    repair:
      'Record log-ins, changes, refusals, updates and service acts, append-only, and send them off the unit.',
    requirements: ['SR-AUD-1'],
    look: (view) =>
      byAnswer(view, reachedFromOutside(view), 'log.security-events', {
        no: (title) => `${title} records no security events.`,
        ask: (title) => `Does ${title} record security events?`,
      }),
  },
  {
    id: 'one-person-moves-the-fleet',
    group: 'known-bad practice',
    title: 'One account acts on the whole fleet',
    why: 'One stolen session can harm many patients at once.',
    cwe: 'CWE-654',
    repair: 'Ask for two people for fleet-wide acts, and limit how many units one act reaches.',
    requirements: ['SR-FLEET-1'],
    look: (view) =>
      byAnswer(view, tagged(view, 'fleetservice'), 'fleet.admin-dual', {
        no: (title) => `One person alone can act on all units through ${title}.`,
        ask: (title) => `Do fleet-wide actions of ${title} need two people?`,
      }),
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
  {
    id: 'network-allows-by-default',
    group: 'secure defaults',
    title: 'Filter that allows by default',
    why: 'Whatever was forgotten is open.',
    cwe: 'CWE-1188',
    repair: 'Deny by default; name peers and ports from the interface table.',
    requirements: ['SR-COM-3'],
    look: (view) =>
      byAnswer(
        view,
        view.flows
          .filter(
            ({ network, crosses, to }) =>
              network && crosses && to !== undefined && !to.outOfScope && to.kind !== 'external',
          )
          .map(({ flow }) => flow),
        'flow.allowlisted',
        {
          no: (title) => `The way of ${title} is open to other peers and ports.`,
          ask: (title) => `Is the way of ${title} limited to named peers and ports?`,
        },
      ),
  },
  {
    id: 'older-versions-are-accepted',
    group: 'secure defaults',
    title: 'Falls back to older protocol versions',
    why: 'An attacker in the middle chooses the weakest that both still speak.',
    cwe: 'CWE-757',
    repair: 'Set the lowest version and the cipher suites on both ends.',
    requirements: ['SR-CRYPTO-1'],
    look: (view) =>
      byAnswer(
        view,
        view.flows.filter((seen) => seen.crosses && isEncrypted(seen)).map(({ flow }) => flow),
        'flow.no-downgrade',
        {
          no: (title) => `${title} falls back to older versions.`,
          ask: (title) => `Are older versions and weak suites refused on ${title}?`,
        },
      ),
  },
  {
    id: 'process-runs-as-administrator',
    group: 'least privilege',
    title: 'Network-facing process with administrator rights',
    why: 'Its takeover is the takeover of the whole computer.',
    cwe: 'CWE-250',
    repair: 'Give it an account of its own with the rights of its interface, and drop the rest at start.',
    requirements: ['SR-AUTHZ-2'],
    look: (view) => [
      ...tagged(view, 'root', 'administrator', 'runsasroot', 'localsystem').map((element) =>
        found(`${element.title} runs with administrator rights.`, element.id),
      ),
      ...byAnswer(
        view,
        networked(view).filter(({ kind }) => kind === 'process'),
        'authz.least-privilege',
        {
          no: (title) => `${title} holds more rights than it needs.`,
          ask: (title) => `Does ${title} hold only the rights that it needs?`,
        },
      ),
    ],
  },
  {
    id: 'rights-are-checked-on-the-screen',
    group: 'least privilege',
    title: 'Rights enforced by the user interface alone',
    why: 'Requests can be made without the screen.',
    cwe: 'CWE-602',
    repair: 'Decide where the action is executed, by role and object.',
    requirements: ['SR-AUTHZ-1'],
    look: (view) =>
      byAnswer(
        view,
        reachedFromOutside(view).filter((element) =>
          view.into(element.id).some((seen) => carriesAny(seen, 'command', 'parameters', 'config')),
        ),
        'authz.server-side',
        {
          no: (title) => `${title} trusts the caller's screen for rights.`,
          ask: (title) => `Does ${title} authorise each request where it is executed?`,
        },
      ),
  },
  {
    id: 'flow-carries-more-than-needed',
    group: 'least privilege',
    title: 'Flow that carries more than its purpose needs',
    why: 'What is not sent cannot leak.',
    cwe: 'CWE-213',
    repair: 'Send the fields that the receiver uses.',
    requirements: ['SR-DATA-3'],
    look: (view) =>
      byAnswer(
        view,
        view.flows
          .filter((seen) => seen.network && seen.crosses && carriesAny(seen, 'patient-data', 'credential'))
          .map(({ flow }) => flow),
        'flow.minimised',
        {
          no: (title) => `${title} carries more than its purpose needs.`,
          ask: (title) => `Does ${title} carry only what its purpose needs?`,
        },
      ),
  },
  {
    id: 'person-reaches-the-safety-side-from-afar',
    group: 'least privilege',
    title: 'Person who reaches the safety side from another zone',
    why: 'Rights on the safety side belong to who stands beside the patient.',
    cwe: 'CWE-269',
    repair: 'Ask for local presence, and take the right away from remote roles.',
    requirements: ['SR-SAFE-3', 'SR-AUTHZ-2'],
    look: (view) =>
      view.flows.flatMap(({ flow, from, to, carries }) =>
        from?.kind === 'actor' &&
        to?.safety === true &&
        inZoneOf(view, from, 'internet', 'maker', 'supplier', 'hospital') &&
        (carries.has('command') ||
          carries.has('parameters') ||
          carries.has('config') ||
          carries.has('calibration'))
          ? found(`${from.title} acts on ${to.title} from another zone.`, flow.id, from.id, to.id)
          : [],
      ),
  },
  {
    id: 'element-joins-networks',
    group: 'least privilege',
    title: 'Element that joins networks',
    why: 'It carries an attacker from one network into the other.',
    cwe: 'CWE-923',
    repair: 'Disable forwarding, or split it into two elements with a filter between.',
    requirements: ['SR-COM-3'],
    look: (view) => {
      const joining = inScope(view).filter((element) => {
        const far = new Set(
          [...view.into(element.id), ...view.outOf(element.id)]
            .filter(({ network, crosses }) => network && crosses)
            .map(({ from, to }) => (from?.id === element.id ? to?.zone : from?.zone)),
        );
        return far.size >= 2;
      });
      return byAnswer(view, joining, 'net.no-routing', {
        no: (title) => `${title} forwards between networks.`,
        ask: (title) => `Is forwarding between the networks of ${title} disabled?`,
      });
    },
  },
];

function outOfDate(words: readonly string[], title: string, id: string): Hit[] {
  return words
    .filter((word) => OUT_OF_DATE[word] !== undefined)
    .map((word) => found(`${title} uses ${word}; use ${OUT_OF_DATE[word]}.`, id));
}
