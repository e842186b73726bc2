import type { AuditMacs } from './macs.ts'

/** What a seal says. Transaction numbers are decimal texts: they count within `cluster`. */
export type Seal = {
  readonly retention_class: string
  /** Its first day: 2026-11-01. */
  readonly month: string
  readonly number: number
  readonly cluster: string
  readonly from_xid: string
  readonly to_xid: string
  readonly row_count: number
  /** 16 bytes a row, ascending. */
  readonly log_ids: Buffer
  /** The head of the seal before; empty for the first. */
  readonly previous: Buffer
  readonly head: Buffer
}

/** What the head is taken over: all that the seal says, and the rows' MACs in the order of their ids. */
function sealText(seal: Omit<Seal, 'head'>, macs: Buffer): Buffer {
  const { retention_class, month, number, cluster, from_xid, to_xid, row_count, previous } = seal
  const head = [
    retention_class,
    month,
    number,
    cluster,
    from_xid,
    to_xid,
    row_count,
    previous.toString('hex'),
  ]
  return Buffer.concat([Buffer.from(`${head.join('\x1f')}\n`), seal.log_ids, macs])
}

export function headOf(keys: AuditMacs, seal: Omit<Seal, 'head'>, macs: Buffer): Buffer {
  return keys.of(sealText(seal, macs))
}

export function isHeadOf(keys: AuditMacs, seal: Seal, macs: Buffer): boolean {
  return keys.isOf(sealText(seal, macs), seal.head)
}
