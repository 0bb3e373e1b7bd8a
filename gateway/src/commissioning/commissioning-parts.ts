import type { WordsAt } from '../config/addressed.ts'
import type { ResolvedHall } from '../config/resolved-hall.ts'
import type { ActResult, Refusal } from '../domain/act-result.ts'
import type { ScanRequest } from '../http/setup-views.ts'
import type { ReadResult } from '../modbus/modbus.ts'
import type { ReadRow } from '../polling/read-once.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { PointTable } from '../profiles/decode-registers.ts'
import type { PolledProfile } from '../profiles/polled.ts'
import type { Profile } from '../profiles/profile-schema.ts'
import type { Line, SerialSettings } from './line.ts'
import type { Strangers } from './strangers.ts'

export interface CommissioningParts {
  readonly hall: () => ResolvedHall
  readonly profiles: { ids(): readonly string[]; get(id: string): Profile | undefined }
  /** Opens nothing yet; refuses what is no link of the hall and no address of a hall. */
  readonly lineOf: (target: ScanRequest['target'], settings: SerialSettings | undefined) => Promise<ActResult<Line>>
  /** Every register of a profile read once, in its order. */
  readonly readRows: (
    profile: PolledProfile,
    variant: string | undefined,
    read: (request: WordsAt) => Promise<ReadResult>,
  ) => Promise<readonly ReadRow[]>
  readonly names: (quantity: string) => { quantity: string; zh: string; en: string; unit: string }
  readonly reference: (table: PointTable, address: number) => string
  readonly functionCodes: Readonly<Record<PointTable, number>>
  readonly strangers: Pick<Strangers, 'list'>
  readonly clock: Clock
  readonly log: Log
}

export const refusal = (code: Refusal['code'], message: string): Refusal => ({ ok: false, code, message })
