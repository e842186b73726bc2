import { Type } from 'typebox'
import { Closed, Nullable, OneOf, Timestamp, Uuid } from '../../../platform/http/index.ts'

export const DataExport = Closed({
  export_id: Uuid,
  status: OneOf(['queued', 'building', 'ready', 'failed', 'expired']),
  requested_at: Timestamp,
  finished_at: Nullable(Timestamp),
  expires_at: Nullable(Timestamp),
  tables_total: Type.Integer({ description: '0 until it is begun' }),
  tables_done: Type.Integer(),
  rows_written: Type.Integer(),
  size_bytes: Nullable(Type.Integer()),
})

export const DataExports = Closed({ items: Type.Array(DataExport) })

export const ExportPath = Closed({ export_id: Uuid })

export const DownloadLink = Closed({ url: Type.String(), expires_at: Timestamp })
