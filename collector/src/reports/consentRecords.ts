import { z } from 'zod';
import type { ConsentRecord } from '../../../src/protocol/consent.ts';
import type { ResultRow } from '../store/eventStore.ts';
import { parseParameters, type Report } from './report.ts';

const claimShape = z.object({
  id: z.string('is missing: the id of the consent record, as in the visitor\u2019s cookie or receipt').max(64),
  site: z.string().max(128).optional(),
});

/** What did this visitor choose, and when? Every record, the earliest first. */
export const consentRecords: Report = async ({ query, parameters }) => {
  const { id, site } = parseParameters(claimShape, parameters);
  const rows = await query(
    `SELECT * FROM consent_records WHERE record_id = $id${site ? ' AND site = $site' : ''}
     ORDER BY updated_at, received_at`,
    { id, ...(site && { site }) },
  );
  return {
    rows: rows.map((row) => ({ site: String(row.site), receivedAt: Number(row.received_at), record: recordOf(row) })),
  };
};

function recordOf(row: ResultRow): ConsentRecord {
  return {
    v: 1,
    revision: Number(row.revision),
    updatedAt: Number(row.updated_at),
    source: row.source as ConsentRecord['source'],
    // A text of our own making: checked at ingest, written by the store.
    purposes: JSON.parse(String(row.purposes)) as ConsentRecord['purposes'],
    id: String(row.record_id),
    ...(row.locale && { locale: String(row.locale) }),
    ...(row.text_hash && { textHash: String(row.text_hash) }),
  };
}
