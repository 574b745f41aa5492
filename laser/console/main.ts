// The operator console: its own process with a certificate of its own, and a page on this machine. People of the clinic sign in with a PIN; their
// tokens are signed by the clinic's issuer. Patient data goes sealed to the unit and comes sealed from it.
//
// `console --folder FOLDER --units FILE --port N [--workbench URL]`. In FOLDER: `console.p8`, `console.json` (certificate), `clinic.p8`, `clinic.json`, `people.json`,
// `patients.json`. FILE: `[{unit, host, port}]`, read again when it changes.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@ward/device/clock.ts';
import { MOST_REASON_CHARACTERS } from '@ward/device/commands/vocabulary.ts';
// Its sentences: a laser may answer with these refusals.
import '@ward/device/vault/refusals.ts';
import { z } from 'zod';
import { certifiedHolder, endpointOf } from '../endpoint.ts';
import { KnownRevocations } from '../revocations.ts';
import { inPlainWords, refusedReceipt, UnitLink, type UnitPlace } from '../unit-link.ts';
import { readArguments } from '../web/arguments.ts';
import { type Answer, type Asked, openLoopback, type Route } from '../web/loopback-server.ts';
import { ExportRequest, exportRecord } from './export-record.ts';
import { CONSOLE_PAGE } from './page/console-html.ts';
import { Person, refuseSignIn, SignInDesk } from './people.ts';
import { readReasons } from './read-reasons.ts';
import { From, type ReadRecords, readRecords } from './read-records.ts';
import { namesPatient, refuseRequest } from './request-name.ts';
import { pseudonymOf, SignedIn } from './signed-in.ts';

const {
  folder,
  units: unitsFile,
  port,
  workbench,
} = readArguments(['folder', 'units', 'port'], ['workbench']);
const beside = (name: string) => readFileSync(new URL(name, import.meta.url));
const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

/** A shift, and half an hour without a touch. */
const LONGEST_MS = 12 * 60 * 60_000;
const IDLE_MS = 30 * 60_000;

const Patient = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/),
  name: z.string().min(1).max(200),
  bornOn: z.iso.date(),
  recordNumber: z.string().min(1).max(64),
});
const Place = z.strictObject({ unit: z.string(), host: z.string(), port: z.number().int() });

const certified = await certifiedHolder(folder, 'console', '', null);
const known = await KnownRevocations.open(folder, certified.root, workbench ?? null);
const endpoint = known.callerOf(endpointOf('console', certified));
const clinic = await certifiedHolder(folder, 'clinic', '', null);
const people = new SignInDesk(
  z.array(Person).parse(readJson(join(folder, 'people.json'))),
  systemClock.monotonic,
);
const patients = z.array(Patient).parse(readJson(join(folder, 'patients.json')));
const secret = readFileSync(join(folder, 'clinic.p8'));

interface Session {
  readonly who: SignedIn;
  readonly since: number;
  usedAt: number;
}
const sessions = new Map<string, Session>();

const places = (): UnitPlace[] => z.array(Place).parse(readJson(unitsFile));
const placeOf = (unit: string): UnitPlace | undefined => places().find((one) => one.unit === unit);

function sessionOf(cookie: string | null): Session | null {
  const session = cookie === null ? undefined : sessions.get(cookie);
  if (!session) return null;
  const now = systemClock.monotonic();
  if (now - session.since > LONGEST_MS || now - session.usedAt > IDLE_MS) {
    session.who.end();
    sessions.delete(cookie as string);
    return null;
  }
  return session;
}

/** For who is signed in; everybody else gets a sentence. */
function signedIn(answer: (asked: Asked, who: SignedIn) => Promise<Answer> | Answer): Route['answer'] {
  return async (asked) => {
    const session = sessionOf(asked.cookie);
    if (!session) return { status: 401, body: inPlainWords(refuseSignIn('console.not-signed-in')) };
    return answer(asked, session.who);
  };
}

const me = (who: SignedIn) => {
  const { id, name, role } = who.person;
  return { person: { id, name, role } };
};

async function statusOf(place: UnitPlace) {
  try {
    const link = await UnitLink.call(endpoint, place);
    try {
      const { state, version } = await link.status();
      return { unit: place.unit, state, version, refused: null };
    } finally {
      link.close();
    }
  } catch (error) {
    return { unit: place.unit, state: null, version: null, refused: inPlainWords(error) };
  }
}

const recordsBody = (read: ReadRecords) =>
  read.kind === 'read' ? { refused: null, read } : { refused: refusedReceipt(read.by), read: null };

/** One question for many askers: a page asks each second. */
let statuses: { readonly at: number; readonly all: Promise<unknown> } | null = null;
function allStatuses(): Promise<unknown> {
  if (!statuses || systemClock.monotonic() - statuses.at > 900)
    statuses = { at: systemClock.monotonic(), all: Promise.all(places().map(statusOf)) };
  return statuses.all;
}

const SignIn = z.strictObject({ person: z.string().max(40), pin: z.string().max(64) });
const AskUnit = z.strictObject({
  verb: z.string().max(40),
  body: z.record(z.string(), z.unknown()),
  /** Of `patients`: their data go along, sealed. */
  patient: z.string().max(40).optional(),
});
const Records = z.strictObject({ patient: z.string().max(40), from: From.nullable() });
const BreakGlass = Records.extend({ reason: z.string().max(MOST_REASON_CHARACTERS) });
const Behind = z.strictObject({ behind: z.int().min(0).max(1_000_000) });
const malformed: Answer = { status: 400, body: { code: 'malformed', says: 'The request cannot be read.' } };

const routes: Route[] = [
  {
    method: 'GET',
    path: '/api/me',
    answer: ({ cookie }) => {
      const session = sessionOf(cookie);
      return { body: session ? me(session.who) : { person: null, people: people.names } };
    },
  },
  {
    method: 'POST',
    path: '/api/sign-in',
    answer: async ({ body }) => {
      const given = SignIn.safeParse(body);
      if (!given.success) return malformed;
      try {
        const person = await people.check(given.data.person, given.data.pin);
        const now = systemClock.monotonic();
        const who = await SignedIn.begin(person, endpoint, clinic, systemClock.monotonic);
        const cookie = randomBytes(32).toString('base64url');
        sessions.set(cookie, { who, since: now, usedAt: now });
        return { body: me(who), cookie };
      } catch (error) {
        return { status: 403, body: inPlainWords(error) };
      }
    },
  },
  {
    method: 'POST',
    path: '/api/sign-out',
    answer: ({ cookie }) => {
      if (cookie) {
        sessions.get(cookie)?.who.end();
        sessions.delete(cookie);
      }
      return { body: {}, cookie: null };
    },
  },
  {
    method: 'GET',
    path: '/api/units',
    answer: signedIn(async () => ({ body: { units: await allStatuses() } })),
  },
  {
    method: 'GET',
    path: '/api/patients',
    answer: signedIn((_asked, who) => ({
      body: {
        patients: patients.map(({ id, name, bornOn, recordNumber }) => ({
          id,
          pseudonym: pseudonymOf(secret, recordNumber),
          // A physicist needs no names; who answers a person's request has to know which of them it is.
          ...(who.person.role === 'physicist' ? {} : { name, bornOn, recordNumber }),
        })),
      },
    })),
  },
  {
    method: 'POST',
    path: '/api/units/*/ask',
    answer: signedIn(async ({ parts: [unit = ''], body, cookie }, who) => {
      const asked = AskUnit.safeParse(body);
      const place = placeOf(unit);
      if (!asked.success || !place) return malformed;
      const session = sessionOf(cookie);
      if (session) session.usedAt = systemClock.monotonic();
      const { verb, body: given, patient: id } = asked.data;
      const person = id === undefined ? undefined : patients.find((one) => one.id === id);
      const patientData = person && {
        ...{ name: person.name, bornOn: person.bornOn, recordNumber: person.recordNumber },
      };
      try {
        const read = await who.ask(place, { verb, body: given, ...(patientData ? { patientData } : {}) });
        const { state, answer } = read.receipt;
        return {
          body: { refused: refusedReceipt(read), state, answer, patientData: read.patientData ?? null },
        };
      } catch (error) {
        return { body: { refused: inPlainWords(error), state: null, answer: null, patientData: null } };
      }
    }),
  },
  {
    method: 'POST',
    path: '/api/units/*/export',
    answer: signedIn(async ({ parts: [unit = ''], body, cookie }, who) => {
      const asked = ExportRequest.safeParse(body);
      const place = placeOf(unit);
      const person = patients.find(({ id }) => id === asked.data?.patient);
      if (!asked.success || !place || !person) return malformed;
      const session = sessionOf(cookie);
      if (session) session.usedAt = systemClock.monotonic();
      if (namesPatient(asked.data.request, patients))
        return {
          body: { refused: inPlainWords(refuseRequest('console.request-names-person')), bundle: null },
        };
      const patient = pseudonymOf(secret, person.recordNumber);
      try {
        const exported = await exportRecord((one) => who.ask(place, one), { ...asked.data, patient });
        return exported.kind === 'bundle'
          ? { body: { refused: null, bundle: exported.bundle } }
          : { body: { refused: refusedReceipt(exported.by), bundle: null } };
      } catch (error) {
        return { body: { refused: inPlainWords(error), bundle: null } };
      }
    }),
  },
  {
    method: 'POST',
    path: '/api/units/*/break-glass',
    answer: signedIn(async ({ parts: [unit = ''], body, cookie }, who) => {
      const asked = BreakGlass.safeParse(body);
      const place = placeOf(unit);
      const person = patients.find(({ id }) => id === asked.data?.patient);
      if (!asked.success || !place || !person) return malformed;
      const session = sessionOf(cookie);
      if (session) session.usedAt = systemClock.monotonic();
      try {
        const emergency = {
          verb: 'record.break-glass',
          body: { patient: pseudonymOf(secret, person.recordNumber) },
          // Sealed: what is typed in an emergency may name anybody.
          patientData: { reason: asked.data.reason },
        };
        const read = await readRecords((one) => who.ask(place, one), emergency, asked.data.from);
        return { body: recordsBody(read) };
      } catch (error) {
        return { body: { refused: inPlainWords(error), read: null } };
      }
    }),
  },
  {
    method: 'POST',
    path: '/api/units/*/records',
    answer: signedIn(async ({ parts: [unit = ''], body, cookie }, who) => {
      const asked = Records.safeParse(body);
      const place = placeOf(unit);
      const person = patients.find(({ id }) => id === asked.data?.patient);
      if (!asked.success || !place || !person) return malformed;
      const session = sessionOf(cookie);
      if (session) session.usedAt = systemClock.monotonic();
      const patient = pseudonymOf(secret, person.recordNumber);
      const whole = { verb: 'record.read', body: { patient, purpose: 'treatment', view: 'whole' } };
      try {
        return { body: recordsBody(await readRecords((one) => who.ask(place, one), whole, asked.data.from)) };
      } catch (error) {
        return { body: { refused: inPlainWords(error), read: null } };
      }
    }),
  },
  {
    method: 'POST',
    path: '/api/units/*/break-glass-reasons',
    answer: signedIn(async ({ parts: [unit = ''], body }, who) => {
      const asked = Behind.safeParse(body);
      const place = placeOf(unit);
      if (!asked.success || !place) return malformed;
      try {
        const read = await readReasons((one) => who.ask(place, one), asked.data.behind);
        return read.kind === 'read'
          ? { body: { refused: null, accesses: read.accesses, all: read.all } }
          : { body: { refused: refusedReceipt(read.by), accesses: [], all: 0 } };
      } catch (error) {
        return { body: { refused: inPlainWords(error), accesses: [], all: 0 } };
      }
    }),
  },
  {
    method: 'POST',
    path: '/api/units/*/stop',
    // Whoever stands at the console may stop: it only ever makes things safer.
    answer: async ({ parts: [unit = ''] }) => {
      const place = placeOf(unit);
      if (!place) return malformed;
      const anew = UnitLink.call(endpoint, place).then((link) => link.stop().finally(() => link.close()));
      // Every way at once: a unit takes few connections of one console, and a link that looks open may be dead.
      const ways = [...sessions.values()].map(({ who }) => who.stop(unit));
      try {
        await Promise.any([anew, ...ways]).catch(() => anew);
        return { body: { refused: null } };
      } catch (error) {
        return { body: { refused: inPlainWords(error) } };
      }
    },
  },
];

const server = await openLoopback({
  port: Number(port),
  cookieName: 'lumen-console',
  files: {
    '/': { type: 'text/html; charset=utf-8', content: CONSOLE_PAGE },
    '/page.js': { type: 'text/javascript', content: beside('console-page.js') },
    '/page.css': { type: 'text/css', content: beside('console-style.css') },
  },
  routes,
});
console.log(`Operator console: ${server.url}`);
process.on('disconnect', () => process.exit(0));
