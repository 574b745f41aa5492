// What the routes of people take and give; the same schemas make the API description, the typed client and the checks.
import { z } from 'zod';
import { LONGEST_DAYS, TOKEN_SCOPE_IDS } from './api-tokens.ts';
import { ROLE_IDS } from './roles.ts';

const instant = () => z.iso.datetime();
const token = () => z.string().regex(/^[\w-]{43}$/, 'not a link of Ward');
/** What is typed to be checked is bounded only; the rules for new passwords are elsewhere. */
const typedPassword = () => z.string().min(1).max(256);
const newPassword = () => z.string().max(256);
const personName = () =>
  z
    .string()
    .trim()
    .min(1, 'needs a name')
    .max(200)
    .refine((name) => !/\p{Cc}/u.test(name), 'one line only');
const email = () =>
  z
    .string()
    .trim()
    .max(254)
    .pipe(z.email())
    .transform((text) => text.toLowerCase());
const code = () => z.string().trim().min(6).max(20);

const base64url = (longest: number) =>
  z
    .string()
    .max(longest)
    .regex(/^[\w-]*$/, 'not base64url');

/** Fields that a browser adds besides these are not looked at. */
export const PasskeyAssertion = z.object({
  id: base64url(1_400),
  rawId: base64url(1_400),
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base64url(4_000),
    authenticatorData: base64url(4_000),
    signature: base64url(4_000),
  }),
});

const proof = {
  password: typedPassword().optional(),
  totp: code().optional(),
  passkey: PasskeyAssertion.optional(),
};
const oneProof = (given: { password?: string | undefined; passkey?: object | undefined }) =>
  (given.password === undefined) !== (given.passkey === undefined);
const ONE_PROOF = { path: ['password'], message: 'needs the password or a passkey' };

/** Password (with the second factor where there is one) or a passkey. */
export const ProofAgain = z.object(proof).refine(oneProof, ONE_PROOF);

export const IdParam = z.object({ id: z.uuid() });
export const Done = z.object({ done: z.literal(true) });

export const RoleGrant = z.object({ role: z.enum(ROLE_IDS), productId: z.uuid().nullable() });

export const Me = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  secondFactor: z.boolean(),
  /** False for who comes by the provider only. */
  password: z.boolean(),
  passkeys: z.number().int(),
  /** An administrator had the password reset, and the person has not confirmed to know it. */
  passwordReset: z.object({ at: instant(), by: z.string().nullable() }).nullable(),
  roles: z.array(RoleGrant),
  via: z.enum(['session', 'token']),
  /** Scopes of the token; null in a session. */
  scopes: z.array(z.string()).nullable(),
});
export type Me = z.infer<typeof Me>;

export const SessionAnswer = z.object({ person: Me.nullable() });
export const SignInWays = z.object({
  /** False: the provider only, but for the first administrator. */
  passwords: z.boolean(),
  /** Where passkeys of this Ward work; null where it has no host name. */
  passkeyOrigin: z.string().nullable(),
  provider: z.object({ name: z.string() }).nullable(),
});
export const SignIn = z.object({ email: z.string().trim().min(3).max(254), password: typedPassword() });
export const SignInAnswer = z.object({ step: z.enum(['done', 'totp']) });
export const ProviderWanted = z.object({ next: z.string().max(2_000).optional() });
export const ProviderTrip = z.object({ url: z.string() });
/** The query with which the provider sent the browser back, as it stood in the address. */
export const ProviderAnswer = z.object({ query: z.string().max(8_000) });
export const ProviderEntered = z.object({ step: z.literal('done'), next: z.string() });
export const SignedOut = z.object({ done: z.literal(true), providerUrl: z.string().nullable() });
export const Code = z.object({ code: code() });
export const Link = z.object({ token: token() });

export const FirstRunState = z.object({ needed: z.boolean() });
export const FirstRun = z.object({
  token: token(),
  name: personName(),
  email: email(),
  password: newPassword(),
});

export const PersonView = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  canSignIn: z.boolean(),
  disabled: z.boolean(),
  secondFactor: z.boolean(),
  password: z.boolean(),
  passkeys: z.number().int(),
  provider: z.boolean(),
  /** What a group would give and a rule refused. */
  refusedRoles: z.array(
    z.object({ group: z.string(), role: z.string(), product: z.string(), message: z.string() }),
  ),
  roles: z.array(RoleGrant),
});
export const PersonList = z.object({ items: z.array(PersonView), next: z.string().nullable() });

export const NewInvitation = z.object({
  name: personName(),
  email: email(),
  suggested: z.array(RoleGrant).max(50).default([]),
});
export const InvitationMade = z.object({
  id: z.uuid(),
  personId: z.uuid(),
  /** Shown once; pass it on by a safe way. */
  url: z.string(),
  expiresAt: instant(),
  /** The link is on its way by mail as well. */
  mailed: z.boolean(),
});
export const InvitationView = z.object({
  id: z.uuid(),
  personId: z.uuid(),
  name: z.string(),
  email: z.string(),
  suggested: z.array(RoleGrant),
  invitedBy: z.uuid().nullable(),
  createdAt: instant(),
  expiresAt: instant(),
});
export const InvitationList = z.object({ items: z.array(InvitationView) });
export const AcceptInvitation = z.object({ token: token(), password: newPassword() });

export const ResetLink = z.object({
  /** Shown once; pass it on by a safe way. */
  url: z.string(),
  hours: z.number().int(),
  /** False: whoever holds the link can sign in as the person. */
  secondFactor: z.boolean(),
});
export const PasswordReset = z.object({ token: token(), password: newPassword() });
export const PasswordChange = z.object({ password: typedPassword(), newPassword: newPassword() });
export const EnrolmentView = z.object({ secret: z.string(), uri: z.string(), svg: z.string() });
export const BackupCodes = z.object({ backupCodes: z.array(z.string()) });

export const SessionView = z.object({
  id: z.uuid(),
  startedAt: instant(),
  lastSeenAt: instant(),
  endsAt: instant(),
  address: z.string(),
  userAgent: z.string(),
  /** The one that asks. */
  current: z.boolean(),
});
export const SessionList = z.object({ items: z.array(SessionView) });
export const SessionsEnded = z.object({ ended: z.number().int() });

export const NewToken = z
  .object({
    name: personName().max(100),
    scopes: z.array(z.enum(TOKEN_SCOPE_IDS)).min(1).max(TOKEN_SCOPE_IDS.length),
    productId: z.uuid().nullable().default(null),
    days: z.number().int().min(1).max(LONGEST_DAYS),
    ...proof,
  })
  .refine(oneProof, ONE_PROOF);
export const TokenView = z.object({
  id: z.uuid(),
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(z.enum(TOKEN_SCOPE_IDS)),
  productId: z.uuid().nullable(),
  createdAt: instant(),
  expiresAt: instant(),
  lastUsedAt: instant().nullable(),
});
export const TokenMade = TokenView.extend({ token: z.string() });
export const TokenList = z.object({ items: z.array(TokenView) });

const PasskeyRef = z.object({
  id: z.string(),
  type: z.literal('public-key'),
  transports: z.array(z.string()),
});
export const PasskeyRequest = z.object({
  challenge: z.string(),
  rpId: z.string(),
  timeout: z.number().int(),
  userVerification: z.literal('required'),
  allowCredentials: z.array(PasskeyRef),
});
export const PasskeyCreation = z.object({
  challenge: z.string(),
  rp: z.object({ id: z.string(), name: z.string() }),
  user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
  pubKeyCredParams: z.array(z.object({ type: z.literal('public-key'), alg: z.number().int() })),
  timeout: z.number().int(),
  attestation: z.literal('none'),
  excludeCredentials: z.array(PasskeyRef),
  authenticatorSelection: z.object({
    residentKey: z.literal('required'),
    requireResidentKey: z.boolean(),
    userVerification: z.literal('required'),
  }),
});
/** Without a proof only where the account has nothing to prove with, and only just after signing in. */
export const PasskeyWanted = z.object({ proof: ProofAgain.optional() });
export const NewPasskey = z.object({
  name: personName().max(100),
  passkey: z.object({
    id: base64url(1_400),
    rawId: base64url(1_400),
    type: z.literal('public-key'),
    response: z.object({
      clientDataJSON: base64url(4_000),
      attestationObject: base64url(20_000),
      transports: z.array(z.string().max(20)).max(10).optional(),
    }),
  }),
});
export const PasskeyView = z.object({
  id: z.uuid(),
  name: z.string(),
  /** Its maker copies it between the devices of one person. */
  synced: z.boolean(),
  createdAt: instant(),
  lastUsedAt: instant().nullable(),
});
export const PasskeyList = z.object({ items: z.array(PasskeyView) });
/** Without `sign`: a change of the own account. */
export const PasskeyAct = z.object({
  sign: z
    .object({ recordId: z.uuid(), revision: z.number().int().min(1), transition: z.string().min(1).max(60) })
    .optional(),
});
