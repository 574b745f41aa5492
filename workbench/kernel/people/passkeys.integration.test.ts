import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Knobs, SoftAuthenticator } from './authenticator.fixture.ts';
import { relyingParty } from './passkeys.ts';
import { type Browser, type House, openHouse, PASSWORD } from './people.fixture.ts';
import { signedAct } from './signed-act.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

type Options = { challenge: string; rpId: string; rp: { id: string } };
const optionsOf = (body: unknown) => body as Options;

async function begin(browser: Browser): Promise<Options> {
  const { body } = await browser.post('/api/me/passkeys/options', { proof: { password: PASSWORD } });
  return optionsOf(body);
}

/** A member with one passkey, and a browser in which the person is signed in. */
async function withPasskey(name: string) {
  const id = await house.member(name, 'developer');
  const browser = await house.signedIn(name);
  const key = new SoftAuthenticator();
  const reply = await browser.post('/api/me/passkeys', {
    name: 'Phone',
    passkey: key.make(await begin(browser)),
  });
  expect(reply.status).toBe(200);
  return { id, browser, key, passkeyId: reply.body.id };
}

async function atTheDoor(key: SoftAuthenticator, knobs: Knobs = {}) {
  const browser = house.browser();
  const { body } = await browser.post('/api/session/passkey/challenge');
  const answer = key.answer(optionsOf(body), knobs);
  return { browser, answer, reply: await browser.post('/api/session/passkey', answer) };
}

describe('the relying party', () => {
  it.each([
    ['https://ward.example.org/', { id: 'ward.example.org', origin: 'https://ward.example.org' }],
    ['http://127.0.0.1:8100', { id: 'localhost', origin: 'http://localhost:8100' }],
    ['http://[::1]:8100', { id: 'localhost', origin: 'http://localhost:8100' }],
    ['http://10.1.2.3:8100', null],
    ['http://[fd00::1]/', null],
  ])('of %s', (baseUrl, expected) => {
    expect(relyingParty(baseUrl)).toEqual(expected);
  });

  it('is refused where the address has no name', async () => {
    const other = await openHouse('http://10.1.2.3:8100/');
    await other.member('ada');
    const browser = await other.signedIn('ada');

    expect((await browser.post('/api/session/passkey/challenge')).body.code).toBe(
      'people.passkey-needs-name',
    );
    await other.close();
  });
});

describe('registering a passkey', () => {
  it('takes several with names, lists them, and says so in the ledger without keys', async () => {
    const { browser, id } = await withPasskey('anna');
    const second = new SoftAuthenticator();
    await browser.post('/api/me/passkeys', { name: 'Key ring', passkey: second.make(await begin(browser)) });

    const { body } = await browser.get('/api/me/passkeys');

    expect(body.items.map((item) => item.name).sort()).toEqual(['Key ring', 'Phone']);
    const notes = (await house.notes('people.passkey-added')).filter((note) => note.actor === id);
    expect(notes).toHaveLength(2);
    expect(JSON.stringify(notes)).not.toContain(second.id.toString('base64url'));
  });

  it('needs the password, and the code where a second factor is on', async () => {
    await house.member('berta');
    const browser = await house.signedIn('berta');

    expect((await browser.post('/api/me/passkeys/options', {})).body.code).toBe('people.wrong-credential');
    const wrong = await browser.post('/api/me/passkeys/options', { proof: { password: 'wrong' } });
    expect(wrong.body.code).toBe('people.wrong-credential');
  });

  it.each<[string, Knobs, string]>([
    ['of another origin', { origin: 'https://evil.example' }, 'people.passkey-refused'],
    ['for another host', { rpId: 'evil.example' }, 'people.passkey-refused'],
    ['without user verification', { verified: false }, 'people.passkey-refused'],
    ['of another ceremony', { type: 'webauthn.get' }, 'people.passkey-refused'],
    ['with a challenge of its own', { challenge: 'A'.repeat(43) }, 'people.challenge-over'],
    ['with a challenge that is none', { challenge: 'x' }, 'people.passkey-refused'],
  ])('is refused %s, and nothing is kept', async (_what, knobs, code) => {
    const name = `carl${Math.random().toString(36).slice(2, 8)}`;
    await house.member(name);
    const browser = await house.signedIn(name);
    const passkey = new SoftAuthenticator().make(await begin(browser), knobs);

    const reply = await browser.post('/api/me/passkeys', { name: 'x', passkey });

    expect(reply.body.code).toBe(code);
    expect((await browser.get('/api/me/passkeys')).body.items).toEqual([]);
  });

  it('takes a challenge once, for five minutes, and only of its own person', async () => {
    await house.member('dora');
    const dora = await house.signedIn('dora');
    const { browser: other } = await withPasskey('emil');
    const options = await begin(dora);
    const passkey = new SoftAuthenticator().make(options);

    expect((await other.post('/api/me/passkeys', { name: 'x', passkey })).body.code).toBe(
      'people.challenge-over',
    );
    expect((await dora.post('/api/me/passkeys', { name: 'x', passkey })).body.code).toBe(
      'people.challenge-over',
    );
    const late = new SoftAuthenticator().make(await begin(dora));
    house.passes(301);
    expect((await dora.post('/api/me/passkeys', { name: 'x', passkey: late })).body.code).toBe(
      'people.challenge-over',
    );
  });

  it('refuses the same one twice and more than twenty', async () => {
    const { browser, key, id } = await withPasskey('fritz');
    const again = key.make(await begin(browser));
    expect((await browser.post('/api/me/passkeys', { name: 'x', passkey: again })).body.code).toBe(
      'people.passkey-known',
    );
    for (let i = 0; i < 19; i += 1)
      await house.db
        .insertInto('passkey')
        .values({
          id: house.people.context.newId(),
          person_id: id,
          name: `more ${i}`,
          credential_id: `fritz-${i}`,
          public_key: Buffer.from('x'),
          counter: 0,
          transports: [],
          synced: false,
          created_at: house.now,
        })
        .execute();

    const full = await browser.post('/api/me/passkeys/options', { proof: { password: PASSWORD } });

    expect(full.body.code).toBe('people.too-many-passkeys');
  });
});

describe('signing in by passkey', () => {
  it('opens a session without a name or a code, and says so in the ledger', async () => {
    const { key, id } = await withPasskey('gerda');

    const { browser, reply } = await atTheDoor(key);

    expect(reply.body.step).toBe('done');
    expect((await browser.get('/api/session')).body.person.id).toBe(id);
    const vias = (await house.notes('people.signed-in')).filter((note) => note.actor === id);
    expect(vias.at(-1)?.content.via).toBe('passkey');
  });

  it.each<[string, Knobs]>([
    ['of another origin', { origin: 'http://localhost' }],
    ['for another host', { rpId: 'evil.example' }],
    ['without user verification', { verified: false }],
    ['of another ceremony', { type: 'webauthn.create' }],
    ['for another challenge', { challenge: 'A'.repeat(43) }],
  ])('is refused %s', async (_what, knobs) => {
    const { key } = await withPasskey(`hans${Math.random().toString(36).slice(2, 8)}`);

    const { browser, reply } = await atTheDoor(key, knobs);

    expect(reply.body.code).toBe('people.passkey-refused');
    expect((await browser.get('/api/session')).body.person).toBeNull();
  });

  it('takes an answer once, and only from the browser that was asked', async () => {
    const { key } = await withPasskey('ida');
    const { browser, answer, reply } = await atTheDoor(key);
    expect(reply.status).toBe(200);

    expect((await browser.post('/api/session/passkey', answer)).body.code).toBe('people.challenge-over');
    const asked = house.browser();
    const options = optionsOf((await asked.post('/api/session/passkey/challenge')).body);
    const stolen = await house.browser().post('/api/session/passkey', key.answer(options));
    expect(stolen.body.code).toBe('people.challenge-over');
  });

  it('refuses a counter that does not grow, says so in the ledger, and goes on with the right one', async () => {
    const { key, id } = await withPasskey('jens');
    await atTheDoor(key, { counter: 7 });

    expect((await atTheDoor(key, { counter: 7 })).reply.body.code).toBe('people.passkey-copied');
    expect((await atTheDoor(key, { counter: 0 })).reply.body.code).toBe('people.passkey-copied');
    const notes = await house.notes('people.passkey-copied');
    expect(notes.filter((note) => note.content.person === id)).toHaveLength(2);
    expect((await atTheDoor(key, { counter: 8 })).reply.status).toBe(200);
  });

  it('takes authenticators that never count', async () => {
    const { key } = await withPasskey('kai');

    expect((await atTheDoor(key, { counter: 0 })).reply.status).toBe(200);
    expect((await atTheDoor(key, { counter: 0 })).reply.status).toBe(200);
  });

  it('knows neither a removed passkey nor a person who has left', async () => {
    const { key, browser, passkeyId } = await withPasskey('lars');
    const { browser: stranger } = await withPasskey('mona');
    expect((await stranger.delete(`/api/me/passkeys/${passkeyId}`)).body.code).toBe('people.passkey-unknown');
    const left = await withPasskey('nora');
    await house.db.updateTable('person').set({ disabled_at: house.now }).where('id', '=', left.id).execute();

    expect((await browser.delete(`/api/me/passkeys/${passkeyId}`)).status).toBe(200);

    expect((await atTheDoor(key)).reply.body.code).toBe('people.passkey-refused');
    expect((await atTheDoor(left.key)).reply.body.code).toBe('people.passkey-refused');
  });
});

describe('proving presence by passkey', () => {
  const act = { recordId: '00000000-0000-4000-8000-000000000001', revision: 3, transition: 'approve' };
  const prove = (id: string, passkey: object, what: string) =>
    house.people.reauthenticate(id, { passkey } as never, house.now, what);

  it('holds for the record, revision and step that it was asked for', async () => {
    const { id, key, browser } = await withPasskey('olga');
    const ask = async () => optionsOf((await browser.post('/api/me/passkeys/challenge', { sign: act })).body);

    expect(await prove(id, key.answer(await ask()), signedAct(act))).toBe('passkey');
    for (const other of [{ revision: 4 }, { transition: 'release' }, { recordId: id }])
      await expect(prove(id, key.answer(await ask()), signedAct({ ...act, ...other }))).rejects.toMatchObject(
        {
          code: 'people.challenge-over',
        },
      );
    await expect(prove(id, key.answer(await ask()), 'account')).rejects.toMatchObject({
      code: 'people.challenge-over',
    });
  });

  it('is not given by the passkey of somebody else, nor by a challenge of the door', async () => {
    const { id, browser } = await withPasskey('paul');
    const other = await withPasskey('quirin');
    const options = optionsOf((await browser.post('/api/me/passkeys/challenge', { sign: act })).body);

    await expect(prove(id, other.key.answer(options), signedAct(act))).rejects.toMatchObject({
      code: 'people.passkey-refused',
    });
    const door = optionsOf((await house.browser().post('/api/session/passkey/challenge')).body);
    await expect(prove(other.id, other.key.answer(door), signedAct(act))).rejects.toMatchObject({
      code: 'people.challenge-over',
    });
  });

  it('stands for the password where the account changes', async () => {
    const { key, browser } = await withPasskey('rosa');
    const options = optionsOf((await browser.post('/api/me/passkeys/challenge', {})).body);

    const made = await browser.post('/api/tokens', {
      name: 'build',
      scopes: ['read'],
      days: 1,
      passkey: key.answer(options),
    });

    expect(made.body.token).toMatch(/^ward_/);
    const both = await browser.post('/api/tokens', { name: 'build', scopes: ['read'], days: 1 });
    expect(both.status).toBe(422);
  });

  it('without a password, makes the first passkey only right after signing in', async () => {
    const id = await house.member('sven');
    const browser = await house.signedIn('sven');
    await house.db.updateTable('account').set({ password: null }).where('person_id', '=', id).execute();

    expect((await browser.post('/api/me/passkeys/options', {})).status).toBe(200);
    house.passes(601);
    expect((await browser.post('/api/me/passkeys/options', {})).body.code).toBe('people.session-old');
  });
});
