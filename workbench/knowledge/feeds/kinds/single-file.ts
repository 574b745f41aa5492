// Feeds that are one file: KEV, EPSS, endoflife.date. Asked for with what the server said of it the last time.
import { z } from 'zod';
import type { JsonObject } from '../../../kernel/records/record.ts';
import type { RecordFormat } from '../../importers/detect.ts';
import type { Validators } from '../http-client.ts';
import type { FeedKind } from '../kind.ts';

const NoSettings = z.strictObject({}) as unknown as z.ZodType<JsonObject>;

function singleFile(title: string, format: RecordFormat): FeedKind {
  return {
    title,
    settings: NoSettings,
    async run({ url, cursor, http, file, store, saveCursor, step }) {
      await step('Asking for the file');
      const path = file('feed');
      const fetched = await http.download(url, path, cursor as Validators);
      if (fetched === null) return;
      await step('Reading the file');
      await store([path], [format]);
      await saveCursor({ ...fetched.validators });
    },
  };
}

export const kev = singleFile('Known exploited vulnerabilities (CISA)', 'kev');
export const epss = singleFile('Exploit prediction scores (EPSS)', 'epss');
export const eol = singleFile('End of life (endoflife.date)', 'eol');
