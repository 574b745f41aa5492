// `ward fleet …`: what is done where Ward runs, beside the keys that it does not keep.
import type { Command } from 'commander';
import type { Run } from '../../cli/program.ts';

const DATA = ['--data <dir>', 'data folder (default .ward)'] as const;
const JSON_OUT = ['--json', 'for machines'] as const;

export function fleetCommands(program: Command, run: Run): void {
  const fleet = program.command('fleet').description('units in the field: their authority, codes, updates');
  const load = async () => {
    // The schemas of the routes are read by the commands too.
    await (await import('../../open-ward.ts')).extendSchemas();
    return import('./commands.ts');
  };
  fleet
    .command('init')
    .description(
      'make the authority of units and the repository of updates, once; the offline keys go into a folder',
    )
    .requiredOption('--root <folder>', 'folder for the offline keys; keep it in a safe, not on this machine')
    .option('--name <name>', 'name on the certificates', 'Ward')
    .option(
      '--repository <folder>',
      'folder of the static repository (default: fleet-repository in the data folder)',
    )
    .option(...DATA)
    .option(...JSON_OUT)
    .action((options) => run(async () => (await load()).initCommand(options)));
  fleet
    .command('status')
    .description('where units find the gateway and the repository, what they trust, and what ends when')
    .option(...DATA)
    .option(...JSON_OUT)
    .action((options) => run(async () => (await load()).statusCommand(options)));
  fleet
    .command('register <serial...>')
    .description('register units, which are then expected')
    .requiredOption('--product <key>', 'key of the product, e.g. PRD-1')
    .requiredOption('--hardware <id>', 'hardware of the units, e.g. lumen-400')
    .option('--site <text>', 'where they stand', '')
    .option('--clinic <id>', 'clinic whose people the units believe', '')
    .option(...DATA)
    .option(...JSON_OUT)
    .action((serials, options) => run(async () => (await load()).registerCommand(serials, options)));
  fleet
    .command('code <serial...>')
    .description('make one-time enrolment codes')
    .option(...DATA)
    .option(...JSON_OUT)
    .action((serials, options) => run(async () => (await load()).codeCommand(serials, options)));
  fleet
    .command('certify <role> <id>')
    .description('issue a certificate for a console, a service laptop or the issuer of a clinic')
    .requiredOption('--csr <file>', 'certificate request (PKCS #10), DER or PEM')
    .option('--days <number>', 'how long it holds', '398')
    .option(...DATA)
    .option(...JSON_OUT)
    .action((role, id, options) => run(async () => (await load()).certifyCommand(role, id, options)));
  fleet
    .command('token')
    .description('issue a short-lived capability token for a service engineer or a fleet operator')
    .requiredOption('--person <id>', 'e.g. jo')
    .requiredOption('--role <role>', 'service-engineer or fleet-operator')
    .requiredOption('--unit <serial>', 'the unit it is for')
    .requiredOption('--holder <file>', 'public key of the holder as JWK')
    .requiredOption(
      '--channel <thumbprint>',
      'thumbprint of the key of the channel (SHA-256 of its SPKI, base64url)',
    )
    .option('--verbs <verbs>', 'with commas; default all of the role')
    .option('--purpose <words>', 'what for', 'service')
    .option('--minutes <number>', 'how long it holds', '60')
    .option(...DATA)
    .option(...JSON_OUT)
    .action((options) => run(async () => (await load()).tokenCommand(options)));
  fleet
    .command('revoke <kind> <value>')
    .description(
      'take back a certificate (serial number) of a console, laptop or clinic, a token (its id) or a person (person:ID)',
    )
    .requiredOption('--why <words>', 'the reason, kept in the history')
    .option(...DATA)
    .option(...JSON_OUT)
    .action((kind, value, options) => run(async () => (await load()).revokeCommand(kind, value, options)));
  fleet
    .command('close-break <serial>')
    .description(
      'say, signed, that somebody has looked at a break of a unit\u2019s audit trail, which goes on from where the unit is; the break stays visible',
    )
    .requiredOption('--break <number>', 'number of the break, as the unit\u2019s page has it')
    .requiredOption('--reason <words>', 'what was found, kept in the history and told to the unit')
    .requiredOption('--person <email>', 'who signs: security lead or incident handler of the product')
    .requiredOption(
      '--password-file <file>',
      'file with the password of this person; - reads it from the input',
    )
    .option('--totp <code>', 'code from the authenticator, where the person has one')
    .option(...DATA)
    .option(...JSON_OUT)
    .action((serial, options) => run(async () => (await load()).closeBreakCommand(serial, options)));
  fleet
    .command('publish <file>')
    .description('vouch for the file of an update with the offline keys and put it into the repository')
    .requiredOption('--update <key>', 'the update, whose signed artefacts name the file by its SHA-256')
    .requiredOption('--software <version>', 'version of the software in the file, e.g. 4.2.0')
    .requiredOption(
      '--keys <folder...>',
      'folders of the keys: "publish" and "refresh", or the one above them',
    )
    .requiredOption('--hardware <ids>', 'hardware that it is for, with commas')
    .option('--counter <number>', 'anti-rollback counter of the release', '1')
    .option(...DATA)
    .option(...JSON_OUT)
    .action((file, options) => run(async () => (await load()).publishCommand(file, options)));
  fleet
    .command('try-again <campaign> <serial>')
    .description('have a unit of a campaign try again what failed on it')
    .requiredOption('--why <words>', 'the reason, kept in the history')
    .option(...DATA)
    .option(...JSON_OUT)
    .action((campaign, serial, options) =>
      run(async () => (await load()).tryAgainCommand(campaign, serial, options)),
    );
  fleet
    .command('director-root')
    .description('sign a new root of the director with its offline keys: before it ends, or to change keys')
    .requiredOption('--keys <folder...>', 'folders that hold enough of director-root-1.pem and so on')
    .option('--new-online-key', 'Ward makes itself a new key; units stop believing the one of before')
    .option(
      '--new-keys <folder>',
      'make new offline keys into this folder; those of before sign no further root',
    )
    .option(...DATA)
    .option(...JSON_OUT)
    .action((options) => run(async () => (await load()).directorRootCommand(options)));
  fleet
    .command('refresh')
    .description('sign the metadata of the repository anew; daily, since timestamps run out within days')
    .requiredOption(
      '--keys <folder...>',
      'folder "refresh" of the keys; others besides sign their roles anew',
    )
    .option(...DATA)
    .option(...JSON_OUT)
    .action((options) => run(async () => (await load()).refreshCommand(options)));
  fleet
    .command('image-root')
    .description('sign the next root of the repository, once a year at least, and give roles new keys')
    .requiredOption('--keys <folder...>', 'folders of the keys: enough of the root, and "refresh"')
    .option('--rotate <role...>', 'roles that get new keys: root, targets, snapshot, timestamp, family')
    .option(...DATA)
    .option(...JSON_OUT)
    .action((options) => run(async () => (await load()).imageRootCommand(options)));
}
